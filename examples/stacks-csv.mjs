// The stacks of all tasks as CSV, one line a frame: for a spreadsheet, or to count which functions tasks are in.
//
//   node examples/stacks-csv.mjs DUMP > stacks.csv
import { allTasks, escapeText, hex, isFault, openDump, stackOf } from 'inquest';

// Text from a dump is data: no control characters, and no cell that a spreadsheet takes for a formula.
function cell(value) {
  if (value === undefined || isFault(value)) return '';
  const text = escapeText(String(value)).replace(/^[=+\-@]/, "'$&");
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
const row = (...values) => console.log(values.map(cell).join(','));

const dump = await openDump(process.argv[2] ?? 'vmcore');
try {
  console.log('pid,comm,state,cpu,frame,function,offset,module,pc,certainty,end');
  for (const task of allTasks(dump).tasks) {
    const { frames, end } = stackOf(task);
    const head = [task.pid, task.comm, task.stateCode, task.cpu];
    // How the trace ended: only after `user` or `end` is it whole.
    const ending = end.at === 'nowhere' ? end.reason : end.at;
    if (frames.length === 0) row(...head, '', '', '', '', '', '', ending);
    for (const { index, symbol, offset, module, pc, certainty } of frames) {
      const isLast = index === frames.length - 1;
      row(...head, index, symbol, offset, module, hex(pc), certainty, isLast ? ending : '');
    }
  }
} finally {
  dump.close();
}
