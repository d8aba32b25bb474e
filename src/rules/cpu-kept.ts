// A CPU that one task kept while others waited for it. Why it did, this rule does not say.
import { clock } from '../facts/clock.ts';
import { cpuQuotas } from '../facts/cpu-quotas.ts';
import { type CpuFact, cpus } from '../facts/cpus.ts';
import { spell } from '../facts/kit/frames.ts';
import { type TaskFact, tasks } from '../facts/tasks.ts';
import { defineRule, doubt, see, suspect } from './kit/define.ts';
import { isSpinning } from './kit/spin.ts';
import { heldBack } from './kit/story.ts';
import { asSuspect, count, exceptionLine, frameLine, join, nameOf, seconds } from './kit/text.ts';

/** Healthy machines were seen with waits of milliseconds. */
const STARVED_NS = 5e9;
/** Frames that say where a task is in the kernel. */
const MOST_FRAMES = 4;

interface Kept {
  readonly cpu: CpuFact;
  readonly task: TaskFact;
  readonly heldNs: number | null;
  readonly waiting: readonly TaskFact[];
  readonly longestNs: number;
}

export default defineRule({
  id: 'cpu-kept',
  title: 'one task kept a CPU while others waited for it',
  needs: { clock, cpuQuotas, cpus, tasks },
  silence: 'nobody waited 5 s and more for a CPU',

  *judge({ clock: { nowNs }, cpuQuotas, cpus, tasks }) {
    if (nowNs === null) return;
    const limited = heldBack(cpuQuotas);
    const waitOf = (task: TaskFact) => (task.lastQueuedNs ? nowNs - task.lastQueuedNs : 0);
    const kept: Kept[] = cpus.flatMap((cpu) => {
      const task = tasks.find((t) => t.runningOn === cpu.cpu && !t.isIdle);
      const waiting = tasks
        .filter((t) => t.isWaitingForCpu && t.cpu === cpu.cpu && !limited.has(t.pid))
        .sort((a, b) => waitOf(b) - waitOf(a));
      const longestNs = waiting[0] ? waitOf(waiting[0]) : 0;
      const heldNs = cpu.since ? nowNs - cpu.since.fromNs : null;
      return task && longestNs >= STARVED_NS ? [{ cpu, task, heldNs, waiting, longestNs }] : [];
    });
    if (kept.length === 0) return;
    const list = kept.map(describe).join('; ');
    const waiters = kept.reduce((sum, { waiting }) => sum + waiting.length, 0);
    yield {
      says: 'trouble',
      title: `${count(kept.length, 'CPU')} not given up`,
      headline: `${join(kept.map(inShort))}, while ${count(waiters, 'task')} waited for ${kept.length === 1 ? 'that CPU' : 'these CPUs'}`,
      because: list,
      suspects: kept.flatMap(({ cpu, task, heldNs, waiting }) => [
        suspect(isSpinning(cpu) ? 'waiter' : 'holder', `had CPU ${cpu.cpu} ${how(cpu, heldNs)}`, {
          task: asSuspect(task),
          cpu: cpu.cpu,
          function: functionOf(cpu),
        }),
        ...waiting.map((t) =>
          suspect('victim', `wants CPU ${cpu.cpu} for ${seconds(waitOf(t))}`, {
            task: asSuspect(t),
            cpu: cpu.cpu,
          }),
        ),
      ]),
      evidence: kept.flatMap(({ cpu, task, heldNs, waiting, longestNs }) => [
        see(
          `${nameOf(task)} had CPU ${cpu.cpu} ${how(cpu, heldNs)}`,
          `bt ${task.pid}`,
          new RegExp(`^PID: ${task.pid}\\b.*CPU: ${cpu.cpu}\\b`),
          ...cpu.executing
            .slice(0, MOST_FRAMES)
            .map((frame, n) =>
              n === 0 && frame.isInterrupted ? exceptionLine(frame) : frameLine(frame),
            ),
        ),
        see(
          `${count(waiting.length, 'task')} waited for CPU ${cpu.cpu}, the longest for ${seconds(longestNs)}`,
          `runq -c ${cpu.cpu}`,
          new RegExp(`CURRENT: PID: ${task.pid}\\b`),
          // runq lists no stoppers.
          ...waiting
            .filter((t) => t.schedClass !== 'stop')
            .map((t) => new RegExp(`\\] PID: ${t.pid}\\b`)),
        ),
      ]),
      next: kept.map(({ cpu, task }) => ({
        text: `See where ${nameOf(task)} was, and what CPU ${cpu.cpu} did.`,
        command: `bt ${task.pid}`,
      })),
    };
    const inKernel = kept.filter(({ cpu }) => cpu.mode === 'kernel');
    if (inKernel.length > 1)
      yield doubt(
        'which of these CPUs is at fault was not examined: one may spin on a lock that another holds',
      );
    else
      yield doubt(
        'whether the task that kept the CPU is at fault, or is itself held up, was not examined',
      );
  },
});

const inShort = ({ cpu, task, heldNs }: Kept): string => {
  const time = heldNs === null ? '' : ` for ${seconds(heldNs)}`;
  if (isSpinning(cpu)) return `${nameOf(task)} kept CPU ${cpu.cpu}${time}, waiting for a lock`;
  return `${nameOf(task)} kept CPU ${cpu.cpu}${time} in ${cpu.mode === 'user' ? 'its own program' : 'the kernel'}`;
};

const how = (cpu: CpuFact, heldNs: number | null): string => {
  const [frame] = cpu.executing;
  const where =
    cpu.mode === 'user'
      ? ' in user mode'
      : frame
        ? ` in the kernel, in ${spell(frame)}${isSpinning(cpu) ? ', waiting for a spinlock' : ''}`
        : '';
  return `${heldNs === null ? '' : `for ${seconds(heldNs)}`}${where}`;
};

const describe = ({ cpu, task, heldNs, waiting, longestNs }: Kept): string =>
  `${nameOf(task)} had CPU ${cpu.cpu} ${how(cpu, heldNs)}, while ${count(waiting.length, 'task')} waited for it, the longest for ${seconds(longestNs)}`;

const functionOf = ({ executing: [frame] }: CpuFact) =>
  frame?.function ? { name: frame.function, module: frame.module } : undefined;
