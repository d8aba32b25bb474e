// The kernel had faulted before, and went on with what that left behind: a task that was killed with its locks held.
import { clock } from '../facts/clock.ts';
import { type EarlierOops, earlierOopses } from '../facts/earlier-oopses.ts';
import { kernelWaits } from '../facts/kernel-waits.ts';
import { type TaskFact, tasks } from '../facts/tasks.ts';
import { type Trigger, trigger } from '../facts/trigger.ts';
import { legacyOf, orphanedBy } from './kernel-locks/orphans.ts';
import { type Blame, defineRule, doubt, type Finding, see, suspect } from './kit/define.ts';
import { asTrouble } from './kit/story.ts';
import { asSuspect, count, literal, seconds } from './kit/text.ts';
import type { Suspect } from './kit/verdict.ts';

export default defineRule({
  id: 'earlier-oops',
  title: 'the kernel had faulted before, and gone on',
  needs: { clock, kernelWaits, oopses: earlierOopses, tasks, trigger },
  silence: 'the kernel had not faulted before',

  *judge({ clock: { nowNs }, kernelWaits, oopses, tasks, trigger }): Iterable<Finding> {
    const [first] = oopses;
    if (!first) return;
    const where = `${first.function ?? 'an unknown function'}${first.module ? ` [${first.module}]` : ''}`;
    if (trigger.kind === 'oops') {
      yield doubt(
        `the kernel had faulted ${count(oopses.length, 'time')} before, first at ${seconds(first.timestampNs)} in ${where} (“${first.text}”): this fault may only follow from that`,
      );
      return;
    }
    if (first.function === null) {
      yield doubt(`the kernel had faulted before (“${first.text}”), where the log does not tell`);
      return;
    }
    const until = trigger.kind === 'sysrq' ? 'the dump was asked for' : 'the machine was stopped';
    const before = `${nowNs === null ? '' : `${seconds(Math.max(0, nowNs - first.timestampNs))} `}before ${until}`;
    const left = legacyOf(orphanedBy(oopses, kernelWaits, tasks, nowNs), first);
    const name = `${first.module ? `the module ${first.module}, in its function ${first.function},` : `its function ${first.function}`}`;
    const blame: Blame = {
      says: 'blame',
      where: 'kernel',
      kind: 'crash',
      title: `earlier oops: ${kindOf(first.text)}`,
      confidence: isAsked(trigger) || isItsEnd(trigger, first) ? 'likely' : 'possible',
      headline: `The kernel crashed ${before}, and went on: ${name} faulted (${kindOf(first.text)})${first.comm === null ? '' : ` while it served ${first.comm} (pid ${first.pid})`}.${left.headline}`,
      because: `an oops at ${seconds(first.timestampNs)} in ${where} (“${first.text}”)${oopses.length > 1 ? `, the first of ${oopses.length}` : ''}; what stopped the machine came later${left.because}`,
      suspects: [
        suspect(
          'culprit',
          `the kernel faulted here at ${seconds(first.timestampNs)}: “${first.text}”`,
          {
            cpu: first.cpu,
            function: { name: first.function, module: first.module },
          },
        ),
        ...killed(first, tasks),
        ...left.suspects,
      ],
      chain: left.chain,
      evidence: [
        see(
          'the log has the oops',
          'log',
          new RegExp(literal(first.text)),
          new RegExp(`RIP: 0010:.*${literal(first.symbol ?? '')}\\+`),
        ),
        see('the kernel counted it', 'rd -32 die_counter 1', /:\s+0*[1-9a-f][0-9a-f]*\b/),
        ...left.evidence,
      ],
      next: [
        {
          text: 'Read the oops: the registers and the trace of that moment.',
          command: 'log',
        },
      ],
      doubts: [
        'of that moment only the log is left: its registers and its stack are gone',
        ...left.doubts,
        ...(left.chain.length > 0
          ? []
          : isAsked(trigger)
            ? ['whether anything went wrong because of it afterwards is not shown by this']
            : ['what stopped the machine in the end may have another cause']),
      ],
    };
    // Who was found asleep for too long waits for what it left behind: the story of kernel-lock-held, with this as its cause.
    const isTold = trigger.detector === 'hung-task' && left.chain.length > 0;
    yield isTold ? asTrouble(blame) : blame;
  },
});

/** Somebody stopped it who saw that something was wrong; a watchdog has a reason of its own. */
const isAsked = ({ kind }: Trigger): boolean =>
  kind === 'sysrq' || kind === 'external' || kind === 'nmi' || kind === 'unknown';

/** The task it happened in was ended, and the kernel does not go on without that one. */
const isItsEnd = ({ kind, detector, pid }: Trigger, oops: EarlierOops): boolean =>
  kind === 'panic' && (detector === 'init-exit' || detector === 'none') && pid === oops.pid;

function killed({ pid, comm, cpu }: EarlierOops, tasks: readonly TaskFact[]): Suspect[] {
  const task = tasks.find((one) => one.pid === pid && one.comm === comm);
  return task
    ? [
        suspect('trigger', 'it was in the kernel when that happened', {
          task: asSuspect(task),
          cpu,
        }),
      ]
    : [];
}

const KINDS: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [/NULL pointer/, 'NULL pointer dereference'],
  [/page fault|paging request/, 'bad pointer'],
  [/general protection/, 'general protection fault'],
  [/kernel BUG at|invalid opcode/, 'BUG: a check failed'],
  [/divide error/, 'division by zero'],
  [/stack guard/, 'kernel stack overflow'],
];

const kindOf = (text: string): string => KINDS.find(([p]) => p.test(text))?.[1] ?? 'fault';
