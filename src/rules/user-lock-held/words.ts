// The accusation of a holder that does not let go, and what shows it.
import type { TaskFact } from '../../facts/tasks.ts';
import type { Trigger } from '../../facts/trigger.ts';
import { type Blame, type Evidence, see, suspect } from '../kit/define.ts';
import {
  ageLine,
  asSuspect,
  count,
  join,
  literal,
  memberLine,
  nameOf,
  seconds,
  waitLink,
} from '../kit/text.ts';
import { byHand, stoppedBy } from '../kit/trigger-words.ts';
import type { Confidence, Suspect } from '../kit/verdict.ts';
import { evidenceOf } from '../user-deadlock/evidence.ts';
import { clause, type Wait } from '../user-deadlock/waits.ts';
import type { EndState, HeldEnd } from './ends.ts';

const MOST_SHOWN = 3;
const MOST_VICTIMS = 32;

const TITLES: Readonly<Record<EndState, string>> = {
  computes: 'a program computes with a lock held',
  quota: 'a program with a lock held gets too little of a CPU',
  stopped: 'a program with a lock held is stopped by a signal',
  frozen: 'a program with a lock held is frozen with its control group',
  traced: 'a debugger has stopped a program with a lock held',
  sleeps: 'a thread sleeps with a lock held',
  gone: 'a thread ended with a lock held',
};

const KINDS = {
  computes: 'loop',
  quota: 'slow',
  stopped: 'deadlock',
  frozen: 'deadlock',
  traced: 'deadlock',
  sleeps: 'deadlock',
  gone: 'deadlock',
} as const;

const CONFIDENCE: Readonly<Record<EndState, Confidence>> = {
  computes: 'likely',
  quota: 'likely',
  stopped: 'likely',
  frozen: 'likely',
  traced: 'likely',
  sleeps: 'possible',
  gone: 'likely',
};

export function blameEnd(end: HeldEnd, trigger: Trigger, asker: TaskFact | undefined): Blame {
  const { does, task, line } = end;
  const because = tell(end);
  const stop = trigger.kind === 'sysrq' ? byHand(asker) : stoppedBy(trigger);
  const locks = line.filter(({ isLock }) => isLock);
  return {
    says: 'blame',
    where: 'user',
    kind: KINDS[does],
    title:
      task && does === 'computes' && owes(line, task)
        ? 'a program computes and answers nobody'
        : TITLES[does],
    confidence: CONFIDENCE[does],
    headline: `${count(locks.length, 'thread')} ${locks.length === 1 ? 'waits' : 'wait'} for ${task && owes(line, task) ? 'an answer' : 'a lock'}, for up to ${seconds(longest(locks))}: ${because}. ${stop}; the kernel has no part in it.`,
    because,
    suspects: [
      culprit(end, because),
      ...(end.stopped ? [holder(end.stopped)] : []),
      ...locks.slice(0, MOST_VICTIMS).map(victim),
    ],
    chain: line.map(({ task: one, thing, owner }) =>
      waitLink(one, thing, task === null ? undefined : owner),
    ),
    evidence: [
      ...showsEnd(end),
      ...(end.stopped ? evidenceOf(end.stopped) : []),
      ...(does === 'gone' ? [] : locks.slice(0, MOST_SHOWN).flatMap(evidenceOf)),
    ],
    next: [nextStep(end)],
    doubts: doubtsOf(end),
  };
}

const longest = (line: readonly Wait[]): number =>
  Math.max(0, ...line.map(({ ageNs }) => ageNs ?? 0));

const thingsOf = (line: readonly Wait[], task: TaskFact | null): string =>
  join([
    ...new Set(
      line.filter(({ isLock, on }) => isLock && on === task?.pid).map(({ thing }) => thing),
    ),
  ]);

const owes = (line: readonly Wait[], task: TaskFact): boolean =>
  line.some(
    ({ on, cause }) => on === task.pid && cause.is === 'program' && cause.program.other !== null,
  );

function tell({ does, task, stopped, line, quota, cpu, orphan }: HeldEnd): string {
  if (!task) return `the thread that held the lock at ${orphan} has ended and can never let it go`;
  const who = nameOf(task);
  const held = thingsOf(line, task);
  if (does === 'traced' && stopped)
    return `${who} has stopped ${nameOf(stopped.task)} as its debugger, which holds ${thingsOf(line, stopped.task)}`;
  if (does === 'stopped') return `${who} holds ${held} and was stopped by a signal`;
  if (does === 'frozen')
    return `${who} holds ${held} and was frozen with its control group: it goes on when that is thawed`;
  if (does === 'sleeps') return `${who} holds ${held} and sleeps`;
  if (does === 'quota' && quota)
    return `${who} holds ${held} and is held back: its group${quota.name === null ? '' : ` ${quota.name}`} may have ${seconds(quota.quotaNs)} of a CPU in each ${seconds(quota.periodNs)}, and used that up in ${quota.throttled} of ${quota.periods} such periods`;
  const mode = cpu?.mode === 'user' ? `, in user mode on CPU ${cpu.cpu}` : '';
  const has = owes(line, task) ? `owes ${held}, has not read what was asked` : `holds ${held}`;
  return `${who} ${has} and computes${mode}: ${seconds(task.ranNs ?? 0)} of CPU time so far`;
}

const culprit = ({ task, line, orphan }: HeldEnd, because: string): Suspect =>
  suspect('culprit', because, {
    task: task ? asSuspect(task) : undefined,
    cpu: task?.cpu,
    object: line.find(({ isLock, on }) => isLock && (orphan !== null || on === task?.pid))?.object,
  });

const holder = ({ task, object }: Wait): Suspect =>
  suspect('victim', 'holds the lock, and is stopped by its debugger', {
    task: asSuspect(task),
    cpu: task.cpu,
    object,
  });

const victim = (wait: Wait): Suspect =>
  suspect(
    'victim',
    `${wait.on === 0 ? `waits for ${wait.thing}` : clause(wait)}${wait.ageNs === null ? '' : `; asleep for ${seconds(wait.ageNs)}`}`,
    { task: asSuspect(wait.task), cpu: wait.task.cpu, object: wait.object },
  );

function showsEnd({ does, task, quota, cpu, line }: HeldEnd): Evidence[] {
  if (!task) {
    const [first] = line;
    return first
      ? [
          see(
            `${nameOf(first.task)} last ran ${seconds(first.ageNs ?? 0)} ago`,
            `ps -m ${first.pid}`,
            ageLine(first.ageNs ?? 0, first.task),
          ),
        ]
      : [];
  }
  const { pid } = task;
  if (does === 'computes')
    return [
      see(
        `${nameOf(task)}: ${seconds(task.userNs ?? 0)} of ticks in user mode, ${seconds(task.systemNs ?? 0)} in the kernel`,
        `ps -t ${pid}`,
        new RegExp(`\\bUTIME: ${task.userNs}\\b`),
        new RegExp(`\\bSTIME: ${task.systemNs}\\b`),
      ),
      ...(cpu?.mode === 'user'
        ? [
            see(
              `it was on CPU ${cpu.cpu} in user mode (CS 0033)`,
              `bt ${pid}`,
              new RegExp(`^PID: ${pid}\\b.*CPU: ${cpu.cpu}\\b`),
              /\bCS: 0033\b/,
            ),
          ]
        : []),
    ];
  if (does === 'quota' && quota)
    return [
      see(
        'how often its group was held back',
        `struct cfs_bandwidth ${quota.address}`,
        memberLine('nr_periods', quota.periods),
        memberLine('nr_throttled', quota.throttled),
      ),
    ];
  if (does === 'stopped')
    return [
      see(
        `${nameOf(task)} is stopped`,
        `ps ${pid}`,
        new RegExp(`\\b${pid}\\b.*\\bST\\b.*${literal(task.comm)}`),
      ),
    ];
  if (does === 'frozen')
    return [
      see(
        `${nameOf(task)} is frozen (bit 23 of jobctl, 8388608: JOBCTL_TRAP_FREEZE)`,
        `task -R jobctl ${pid}`,
        /\bjobctl = \d{7,}\b/,
      ),
    ];
  return [see(`${nameOf(task)} does not run`, `ps ${pid}`, new RegExp(`\\b${pid}\\b.*\\bIN\\b`))];
}

function nextStep({ does, task, line, quota }: HeldEnd) {
  if (!task)
    return {
      text: 'See which thread of the program may end with that lock held.',
      command: `ps -g ${line[0]?.task.tgid}`,
    };
  if (does === 'quota' && quota)
    return {
      text: 'See who set that limit (cpu.max), and whether it needs it.',
      command: `bt ${task.pid}`,
    };
  if (does === 'frozen' || does === 'stopped')
    return {
      text: `See who ${does === 'frozen' ? 'froze its control group' : 'stopped it'}: ${does === 'frozen' ? 'thawed' : 'after SIGCONT'}, it goes on.`,
      command: `ps -p ${task.pid}`,
    };
  if (does === 'traced')
    return { text: `See who started ${nameOf(task)}, and why.`, command: `ps -p ${task.pid}` };
  return {
    text: `See where ${nameOf(task)} is; a debugger on its core file names the functions.`,
    command: `bt ${task.pid}`,
  };
}

function doubtsOf({ does, task }: HeldEnd): string[] {
  if (does === 'computes' && task)
    return [
      `that ${nameOf(task)} never lets go does not follow from one moment: it may be a lot of work`,
    ];
  if (does === 'sleeps' && task)
    return [`what ${nameOf(task)} waits for was not examined: it may come, and the lock be let go`];
  return [];
}
