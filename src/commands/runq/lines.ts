// The layouts of `runq`: queues, -t, -T, -m.
import { preciseDuration } from '../../print/time.ts';
import { address16, text } from '../kit/task-line.ts';
import type { RunqCpu, RunqTask } from './cpu.ts';

/** `PID: 237    TASK: ffff88c941ea2100  COMMAND: "loop.sh"`: narrower than elsewhere, and without the CPU. */
export const runqTask = (task: RunqTask | null): string =>
  task === null
    ? '(unreadable)'
    : `PID: ${text(task.pid).padEnd(5)}  TASK: ${address16(task.task)}  COMMAND: "${text(task.comm)}"`;

/** `[120] PID: …`: the number is its priority on the kernel's scale. */
export const queuedTask = (task: RunqTask, indent: number): string =>
  `${' '.repeat(indent)}[${text(task.prio).padStart(3)}] ${runqTask(task)}`;

export const NONE_QUEUED = '     [no tasks queued]';

/** `runq`: each CPU's queues, the classes in the order they are served. */
export function* queueLines(cpus: readonly RunqCpu[]): Generator<string> {
  for (const [i, cpu] of cpus.entries()) {
    if (i > 0) yield '';
    yield `CPU ${cpu.cpu} RUNQUEUE: ${address16(cpu.runqueue)}`;
    yield `  CURRENT: ${runqTask(cpu.current)}`;
    yield* rarely('STOP', cpu.stop);
    yield* rarely('DEADLINE', cpu.deadline);
    yield `  RT PRIO_ARRAY: ${address16(cpu.rtArray)}`;
    yield* tasks(cpu.rt);
    yield `  CFS RB_ROOT: ${address16(cpu.fairRoot)}`;
    // What runs is in no tree.
    yield* tasks(cpu.fair.filter((task) => !task.isCurrent));
    yield* rarely('EXT', cpu.ext);
  }
}

function* tasks(list: readonly RunqTask[]): Generator<string> {
  if (list.length === 0) yield NONE_QUEUED;
  for (const task of list) yield queuedTask(task, 5);
}

/** Classes that crash does not show: only where somebody waits in them. */
function* rarely(name: string, list: readonly RunqTask[]): Generator<string> {
  if (list.length === 0) return;
  yield `  ${name}:`;
  yield* tasks(list);
}

const cpuLabel = (cpu: number): string => `CPU ${cpu}: `.padStart(8);

/** `-t`: the queue's clock; below it when its task got the CPU, with as many digits. */
export function* clockLines(cpus: readonly RunqCpu[]): Generator<string> {
  for (const { cpu, clockNs, current } of cpus) {
    const label = cpuLabel(cpu);
    const clock = text(clockNs);
    yield label + clock;
    const arrival = text(current?.lastArrivalNs ?? null).padStart(clock.length, '0');
    yield `${' '.repeat(label.length)}${arrival}  ${runqTask(current)}`;
  }
}

/** `-T`: the newest clock first. */
export function* lagLines(cpus: readonly RunqCpu[]): Generator<string> {
  const sorted = [...cpus].sort((a, b) => (b.clockNs ?? 0) - (a.clockNs ?? 0));
  const newest = sorted[0]?.clockNs ?? 0;
  const width = `${cpus.length}`.length;
  for (const { cpu, clockNs } of sorted) {
    const lag = clockNs === null ? '?' : ((newest - clockNs) / 1e9).toFixed(2);
    yield `${' '.repeat(2 + Math.max(0, width - `${cpu}`.length))}CPU ${cpu}: ${lag} secs`;
  }
}

/** `-m`: for how long the current task has had the CPU; days as wide as those of the first clock. */
export function* sinceLines(cpus: readonly RunqCpu[]): Generator<string> {
  const numbers = Math.max(0, ...cpus.map(({ cpu }) => `${cpu}`.length));
  const width = preciseDuration(cpus[0]?.clockNs ?? 0).length;
  for (const { cpu, runningForNs, current } of cpus) {
    const since = runningForNs === null ? '?' : preciseDuration(runningForNs);
    const indent = ' '.repeat(1 + numbers - `${cpu}`.length);
    yield `${indent}CPU ${cpu}: [${since.padStart(width)}]  ${runqTask(current)}`;
  }
}
