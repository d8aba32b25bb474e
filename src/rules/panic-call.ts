// Code of the kernel called panic() of itself: a driver that gave up, the stack protector, the end of the first program.
import { isUnasked, spell } from '../facts/kit/frames.ts';
import { type PanicStack, panicStack } from '../facts/panic-stack.ts';
import { type TaskFact, tasks } from '../facts/tasks.ts';
import { type Trigger, trigger } from '../facts/trigger.ts';
import { type Blame, defineRule, doubt, type Finding, see, suspect } from './kit/define.ts';
import { asSuspect, frameLine, literal, nameOf } from './kit/text.ts';
import type { Suspect } from './kit/verdict.ts';

export default defineRule({
  id: 'panic-call',
  title: 'code of the kernel called panic() of itself',
  needs: { stack: panicStack, tasks, trigger },
  silence: 'nobody called panic() but a watchdog, or nobody did',

  *judge({ stack, tasks, trigger }): Iterable<Finding> {
    const describe = trigger.kind === 'panic' ? BY_DETECTOR[trigger.detector] : undefined;
    if (!describe) return;
    if (stack?.callers.some((frame) => AFTER_FAULT.test(frame.function ?? ''))) {
      yield doubt(
        'the kernel ended the task because it had faulted in it, and could not go on without it',
      );
      return;
    }
    const task = tasks.find((one) => one.pid === trigger.pid);
    const found = stack && describe(trigger, stack, task);
    if (found) yield found;
    else yield doubt('panic() was called, but by whom is not seen on the stack');
  },
});

/** How an oops ends the task it happened in: arch/x86/entry/entry_64.S, kernel/exit.c (5.10 to 7.2). */
const AFTER_FAULT = /^(?:rewind_stack_\w+|make_task_dead)$/;

type Describe = (
  trigger: Trigger,
  stack: PanicStack,
  task: TaskFact | undefined,
) => Blame | undefined;

const quoted = ({ message }: Trigger): string => (message === null ? '' : ` (“${message}”)`);

const NOT_WHOLE =
  'the stack could not be unwound to its end: who called the function is not certain';

const called: Describe = (trigger, { callers, isWhole }, task) => {
  const [culprit] = callers;
  if (!culprit?.function) return undefined;
  const isInterrupt = callers.some(isUnasked);
  const during = !task
    ? ''
    : isInterrupt
      ? `, in an interrupt that came while ${nameOf(task)} ran`
      : `, while it served ${nameOf(task)}`;
  const who = culprit.module
    ? `the module ${culprit.module}, in its function ${culprit.function},`
    : `its function ${culprit.function}`;
  const doubts = [
    'what the function found wrong may be another’s doing: its message says what it was',
    ...(isWhole ? [] : [NOT_WHOLE]),
    ...(isInterrupt
      ? [
          'a watchdog of a driver’s own stops the machine in this way, too: then the cause lies elsewhere',
        ]
      : []),
  ];
  return {
    says: 'blame',
    where: 'kernel',
    kind: 'crash',
    title: 'panic() called',
    confidence: doubts.length > 1 ? 'possible' : 'likely',
    headline: `The kernel was stopped by code of its own: ${who} found something wrong and gave up${quoted(trigger)}${during}.`,
    because: `${spell(culprit)} called panic()${quoted(trigger)}`,
    suspects: [
      suspect('culprit', `it called panic()${quoted(trigger)}`, {
        cpu: trigger.cpu,
        function: { name: culprit.function, module: culprit.module },
      }),
      ...ranThere(task, trigger, `it was in the kernel, in ${spell(culprit)}, when that happened`),
    ],
    evidence: evidenceOf(trigger, callers.slice(0, 3)),
    next: culprit.module
      ? [{ text: `Ask who maintains the module ${culprit.module}.`, command: 'mod -t' }]
      : [],
    doubts,
  };
};

/** __stack_chk_fail(), called by a function that finds the word behind its variables changed: kernel/panic.c */
const smashed: Describe = (trigger, { callers }, task) => {
  const [checker, victim] = callers;
  if (!checker || !victim?.function) return undefined;
  const who = victim.module
    ? `the module ${victim.module}, in its function ${victim.function}`
    : `its function ${victim.function}`;
  return {
    says: 'blame',
    where: 'kernel',
    kind: 'crash',
    title: 'stack buffer overrun',
    confidence: 'likely',
    headline: `The kernel crashed: ${who}, found that its own variables on the stack had been written over${task ? `, while it served ${nameOf(task)}` : ''}.`,
    because: `the stack protector found the frame of ${spell(victim)} overwritten${quoted(trigger)}`,
    suspects: [
      suspect('culprit', 'its frame on the stack had been overwritten when it was to return', {
        cpu: trigger.cpu,
        function: { name: victim.function, module: victim.module },
      }),
      ...ranThere(task, trigger, `it was in the kernel, in ${spell(victim)}, when that was found`),
    ],
    evidence: evidenceOf(trigger, [checker, victim]),
    next: [
      {
        text: 'See the code: which variable lies right below the guard, and who fills it.',
        command: `dis -r ${victim.pc}`,
      },
    ],
    doubts: [
      'the function itself wrote too far, or one that it had given the address of a variable; what lay above on the stack is overwritten, and its callers are not certain',
    ],
  };
};

/** The first of all programs ended: kernel/exit.c, do_exit() (5.10 to 7.2). */
const ended: Describe = (trigger, { callers }, task) => {
  const code = trigger.message?.match(/exitcode=0x([0-9a-f]{8})/)?.[1];
  if (!task || code === undefined) return called(trigger, { callers, isWhole: true }, task);
  const status = Number.parseInt(code, 16);
  const signal = status & 0x7f;
  const how = signal
    ? `was killed by signal ${signal}`
    : `exited with status ${(status >> 8) & 0xff}`;
  return {
    says: 'blame',
    where: 'user',
    kind: 'crash',
    title: 'the first program ended',
    confidence: 'likely',
    headline: `The machine stopped because its first program, ${nameOf(task)}, ${how}: without it no kernel goes on.`,
    because: `${nameOf(task)} ${how}${quoted(trigger)}`,
    suspects: [suspect('culprit', how, { task: asSuspect(task), cpu: trigger.cpu })],
    evidence: evidenceOf(trigger, callers.slice(0, 2)),
    next: [],
    doubts: [
      signal
        ? 'who sent the signal, or which mistake of the program’s own raised it, was not examined'
        : 'why the program exited was not examined',
    ],
  };
};

const BY_DETECTOR: Readonly<Record<string, Describe>> = {
  none: called,
  'stack-protector': smashed,
  'init-exit': ended,
};

const ranThere = (task: TaskFact | undefined, { cpu }: Trigger, why: string): Suspect[] =>
  task && !task.isIdle ? [suspect('trigger', why, { task: asSuspect(task), cpu })] : [];

function evidenceOf({ pid, message }: Trigger, frames: PanicStack['callers']): Blame['evidence'] {
  const stack =
    pid === null
      ? []
      : [see('who called panic(), by the stack', `bt ${pid}`, ...frames.map(frameLine))];
  const log =
    message === null
      ? []
      : [
          see(
            'the log says it, too',
            'log',
            new RegExp(`Kernel panic - not syncing: ${literal(message)}`),
          ),
        ];
  return [...stack, ...log];
}
