// The longest sleepers: who has been off the CPU for how long, and where in the kernel.
//
//   node examples/sleepers.mjs DUMP [COUNT]
import { allTasks, escapeText, isFault, openDump, schedulerNow, stackOf } from 'inquest';

const [file = 'vmcore', count = '10'] = process.argv.slice(2);
const dump = await openDump(file);
try {
  const now = schedulerNow(dump);
  if (now === undefined) throw new Error('the run queues cannot be read: no clock to compare with');
  const { tasks, warnings: holes } = allTasks(dump);
  const warnings = [...holes];

  const sleepers = [];
  for (const task of tasks) {
    // Each of these is a value or a Fault: what cannot be read is passed over, and counted.
    const [state, last] = [task.stateCode, task.number('lastArrival')];
    if (isFault(state) || isFault(last))
      warnings.push(`${task.address.toString(16)} is not readable`);
    // 0: it never ran.
    else if (['IN', 'UN', 'ID'].includes(state) && last > 0) sleepers.push({ task, state, last });
  }
  sleepers.sort((a, b) => a.last - b.last);

  for (const { task, state, last } of sleepers.slice(0, Number(count))) {
    const seconds = ((now - last) / 1e9).toFixed(3);
    const calls = stackOf(task).frames.map((frame) => frame.symbol ?? frame.pc.toString(16));
    console.log(
      `${seconds} s  ${state}  ${task.pid}  ${escapeText(`${task.comm}`)}  ${calls.slice(0, 4).join(' < ')}`,
    );
  }
  for (const warning of warnings) console.error(`WARNING: ${warning}`);
} finally {
  dump.close();
}
