// node lab/live.mjs SUITE [ORACLE]
//
// Boots the newest kernel of a suite with this very Node.js and inquest in it, asks `inquest live`, takes a dump right
// after that, and compares: a task that has not run in between must have the same stack, by the live answer and by
// crash's (ORACLE: the folder with the scripts that ask it; without it, or where crash does not open the kernel, by
// inquest's answer on the dump). The lab's folder keeps both, as SUITE/live.
import { join } from 'node:path';
import { runFolder, SUITES } from './scenes.mjs';
import { bootWithInquest, must, ROOT, told } from './with-inquest.mjs';

const [suite, oracle] = process.argv.slice(2);
if (!SUITES.includes(suite)) {
  process.stderr.write('usage: node lab/live.mjs SUITE [ORACLE]\n');
  process.exit(2);
}
const out = runFolder('live', suite);

const QUESTIONS = ['ps', 'ps -l', 'foreach bt', 'mod', 'log'];

/** The answers to QUESTIONS, each with what asked and answered. */
function ofDump() {
  const dump = join(out, 'vmcore');
  if (oracle && suite !== 'sid') {
    const asked = QUESTIONS.map((line) => [line, must(join(oracle, 'crash'), [dump, line])]);
    return { who: 'crash', answers: Object.fromEntries(asked) };
  }
  const { results } = JSON.parse(
    must(join(ROOT, 'bin/inquest'), ['run', dump, '--json', '--', ...QUESTIONS]),
  );
  return {
    who: 'inquest on the dump',
    answers: Object.fromEntries(results.map(({ command, text }) => [command, text])),
  };
}

/** By task_struct and PID: PPID and name. The memory of a task that ended may be another's now. */
const tasksOf = (text) =>
  new Map(
    [
      ...text.matchAll(
        /^[> ] *(\d+) +(\d+) +\d+ +([0-9a-f]{16}) +\S\S +[\d.]+ +\d+ +\d+ +(\S.*)$/gm,
      ),
    ].map(([, pid, ppid, task, comm]) => [`${task} ${pid}`, `${ppid} ${comm}`]),
  );

/** By task_struct: when it last got a CPU; not of idle tasks, whose stacks change with every interrupt. */
const lastRunOf = (text) =>
  new Map(
    [...text.matchAll(/^[> ]?\[ *(\d+)\] *\[..\] *PID: [1-9]\d* +TASK: ([0-9a-f]{16})/gm)].map(
      ([, when, task]) => [task, when],
    ),
  );

/** By task_struct: the functions of its stack with their addresses. */
const stacksOf = (text) =>
  new Map(
    text.split(/^(?=PID: )/m).flatMap((block) => {
      const task = /TASK: ([0-9a-f]{16})/.exec(block)?.[1];
      const frames = [...block.matchAll(/^ *#\d+ \[([0-9a-f]+)\] (\S+) at ([0-9a-f]+)/gm)];
      return task
        ? [[task, frames.map(([, sp, name, pc]) => `${sp} ${name} ${pc}`).join('\n')]]
        : [];
    }),
  );

const modulesOf = (text) =>
  new Map(
    [...text.matchAll(/^([0-9a-f]{16}) +(\S+) +([0-9a-f]{16}) +(\d+) /gm)].map(
      ([, at, name, base, size]) => [at, `${name} ${base} ${size}`],
    ),
  );

/** How many of the live answers' entries the dump has alike; the others are told. */
function compare(what, live, dump, wanted = [...live.keys()]) {
  const both = wanted.filter((key) => dump.has(key));
  const different = both.filter((key) => live.get(key) !== dump.get(key));
  for (const key of different)
    process.stdout.write(`${what} ${key}\n  live: ${live.get(key)}\n  dump: ${dump.get(key)}\n`);
  process.stdout.write(`${what}: ${both.length - different.length} of ${both.length} equal\n`);
  return different.length === 0 && both.length > 0;
}

bootWithInquest('live', suite, out);
process.stdout.write(`${told(out, 'why.txt')}\n${told(out, 'self.txt')}\n`);
const { results } = JSON.parse(told(out, 'live.json'));
const live = Object.fromEntries(results.map(({ command, text }) => [command, text]));
const { who, answers: dump } = ofDump();
process.stdout.write(`inquest live on ${suite}, against ${who}\n`);
const [before, after] = [lastRunOf(live['ps -l']), lastRunOf(dump['ps -l'])];
const stacks = stacksOf(live['foreach bt']);
const asleep = [...before.keys()].filter(
  (task) => before.get(task) === after.get(task) && stacks.get(task),
);
const isAlike = [
  compare('ps', tasksOf(live.ps), tasksOf(dump.ps)),
  compare('bt of a task that has not run since', stacks, stacksOf(dump['foreach bt']), asleep),
  compare('mod', modulesOf(live.mod), modulesOf(dump.mod)),
  dump.log.includes(live.log.trimEnd()),
  results.every(({ ok }) => ok),
];
process.stdout.write(
  `log: ${isAlike[3] ? 'the live one is how that of the dump begins' : 'differs'}\n`,
);
process.exitCode = isAlike.every(Boolean) ? 0 : 1;
