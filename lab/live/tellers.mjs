// The answers of inquest, crash and drgn in one form, for compare.mjs: of each question a Map from what is asked about
// to a text.

/** What of `sys` stays while a machine runs. */
const STAYS = ['CPUS', 'NODENAME', 'RELEASE', 'VERSION', 'MACHINE', 'MEMORY'];

const sysOf = (text) =>
  new Map(
    [...text.matchAll(/^ *([A-Z][A-Z ]*): (.*)$/gm)]
      .filter(([, name]) => STAYS.includes(name))
      .map(([, name, value]) => [name, value]),
  );

/** By task_struct and PID: the memory of a task that ended may be another's now. The line without who runs now. */
const psOf = (text) =>
  new Map(
    [...text.matchAll(/^[> ] *(\d+) +\d+ +\d+ +([0-9a-f]{16}) .*$/gm)].map(([line, pid, task]) => [
      `${task} ${pid}`,
      line.slice(1).trim().replace(/ +/g, ' '),
    ]),
  );

/** By task_struct and PID: the lines of the stack's frames. */
const btOf = (text) =>
  new Map(
    text.split(/^(?=PID: )/m).flatMap((block) => {
      const [, pid, task] = /^PID: (\d+) +TASK: ([0-9a-f]{16})/.exec(block) ?? [];
      const frames = [...block.matchAll(/^ *#\d+ \[[0-9a-f]+\] \S+ at [0-9a-f]+/gm)];
      return task ? [[`${task} ${pid}`, frames.map(([line]) => line.trim()).join('\n')]] : [];
    }),
  );

/** By task_struct and PID: when it last got a CPU; not of idle tasks, whose stacks change with every interrupt. */
const lastRunOf = (text) =>
  new Map(
    [...text.matchAll(/^[> ]?\[ *(\d+)\] *\[..\] *PID: ([1-9]\d*) +TASK: ([0-9a-f]{16})/gm)].map(
      ([, when, pid, task]) => [`${task} ${pid}`, when],
    ),
  );

const modOf = (text) =>
  new Map(
    [...text.matchAll(/^([0-9a-f]{16}) +(\S+) +([0-9a-f]{16}) +(\d+) /gm)].map(
      ([, at, name, base, size]) => [at, `${name} ${base} ${size}`],
    ),
  );

/** Where each CPU's queue lies, and which of the programs that wait for CPU 1 all the time are on it. */
const runqOf = (text) =>
  new Map(
    text.split(/^(?=CPU \d)/m).flatMap((block) => {
      const [, cpu, at] = /^CPU (\d+) RUNQUEUE: ([0-9a-f]+)/.exec(block) ?? [];
      if (cpu === undefined) return [];
      const roots = [...block.matchAll(/(?:RT PRIO_ARRAY|CFS RB_ROOT): [0-9a-f]+/g)];
      const queued = [...block.matchAll(/PID: (\d+) +TASK: ([0-9a-f]+) +COMMAND: "(queued-\d)"/g)];
      return [
        [`CPU ${cpu}`, [at, ...roots.map(([root]) => root)].join(' ')],
        [
          `tasks of CPU ${cpu}`,
          queued
            .map(([, ...task]) => task.join(' '))
            .sort()
            .join(', '),
        ],
      ];
    }),
  );

const fromTexts = (texts) => ({
  sys: sysOf(texts.sys),
  ps: psOf(texts.ps),
  runq: runqOf(texts.runq),
  bt: btOf(texts['foreach bt']),
  mod: modOf(texts.mod),
  log: texts.log,
});

/** @param results of `run --json` */
export function ofInquest(results) {
  const texts = Object.fromEntries(results.map(({ command, text }) => [command, text]));
  const failed = results.filter(({ ok }) => !ok).map(({ command }) => command);
  if (failed.length > 0) throw new Error(`inquest failed: ${failed.join(', ')}`);
  return { ...fromTexts(texts), lastRun: lastRunOf(texts['ps -l']) };
}

export const ofCrash = (files) =>
  fromTexts({
    ...Object.fromEntries(
      ['sys', 'ps', 'runq', 'mod', 'log'].map((n) => [n, files.get(`crash.${n}`)]),
    ),
    'foreach bt': files.get('crash.foreach-bt'),
  });

/** crash's two letters of a state: task_state_string_verbose in its task.c */
const STATES = { R: 'RU', S: 'IN', D: 'UN', I: 'ID', T: 'ST', t: 'TR', Z: 'ZO', X: 'DE' };
const hex = (word) => word.slice(2);

/** As far as the first function of a module, of which drgn has no debug information: Documentation/arch/x86/x86_64/mm.rst */
function intoModule(pcs) {
  const at = pcs.findIndex((pc) => pc >= 'ffffffffc0000000');
  return (at < 0 ? pcs : pcs.slice(0, at + 1)).join(' ');
}

/** drgn's answers; `like` makes inquest's the same: what drgn does not say of a task is left out. */
export function ofDrgn({ sys, ps, bt, mod, runq, log }) {
  const pids = new Map(ps.map(({ task, pid, comm }) => [task, { pid, comm }]));
  const key = (task) => `${hex(task)} ${pids.get(task)?.pid}`;
  return {
    sys: new Map(Object.entries(sys)),
    ps: new Map(
      ps.map(({ task, pid, ppid, cpu, state, comm }) => [
        key(task),
        `${pid} ${ppid} ${cpu} ${hex(task)} ${STATES[state]} ${comm}`,
      ]),
    ),
    bt: new Map(bt.map(({ task, pcs }) => [key(task), intoModule(pcs.map(hex))])),
    mod: new Map(mod.map(({ at, name }) => [hex(at), name])),
    runq: new Map(
      runq.flatMap(({ cpu, runqueue, current, tasks }) => {
        const queued = [...new Set([current, ...tasks])]
          .map((task) => [pids.get(task)?.pid, hex(task), pids.get(task)?.comm])
          .filter(([, , comm]) => /^queued-\d$/.test(comm));
        return [
          [`CPU ${cpu}`, hex(runqueue)],
          [
            `tasks of CPU ${cpu}`,
            queued
              .map((task) => task.join(' '))
              .sort()
              .join(', '),
          ],
        ];
      }),
    ),
    log,
    like: {
      ps: (line) => line.replace(/ [\d.]+ \d+ \d+ \[?(.*?)\]?$/, ' $1'),
      bt: (lines) => intoModule([...lines.matchAll(/ at ([0-9a-f]+)$/gm)].map(([, pc]) => pc)),
      mod: (line) => line.split(' ')[0],
      runq: (line) => line.replace(/ (?:RT|CFS).*/, ''),
    },
  };
}
