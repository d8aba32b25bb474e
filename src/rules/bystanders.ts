// Whom an expert would name first, and who did not do it: messengers, idle CPUs, drivers that only served interrupts.
import { clock } from '../facts/clock.ts';
import { type CpuFact, cpus } from '../facts/cpus.ts';
import { type Interrupt, interrupts } from '../facts/interrupts.ts';
import type { FrameFact } from '../facts/kit/frames.ts';
import { tasks } from '../facts/tasks.ts';
import { type Trigger, trigger } from '../facts/trigger.ts';
import { defineRule, type Exoneration, exonerate } from './kit/define.ts';
import { count, join, literal, nameOf, seconds } from './kit/text.ts';

/** Interrupts a second of one CPU below which no driver keeps it busy: each takes microseconds. */
const STORM_PER_SECOND = 10_000;

export default defineRule({
  id: 'bystanders',
  title: 'who stands in the trace and did not do it',
  needs: { clock, cpus, interrupts, tasks, trigger },
  silence: 'nobody needed clearing',

  *judge({ clock, cpus, interrupts, tasks, trigger }) {
    yield* messengers(trigger);
    const caller = tasks.find((t) => t.pid === trigger.pid);
    if (
      trigger.detector === 'hung-task' &&
      caller?.isKernelThread &&
      trigger.messengers.length === 0
    )
      yield exonerate(
        'task',
        nameOf(caller),
        'it only looks for tasks that sleep too long, and called panic() because of the setting hung_task_panic',
        `bt ${caller.pid}`,
      );
    yield* drivers(interrupts, cpus, trigger, clock.nowNs);
    for (const { cpu, mode } of cpus)
      if (mode === 'idle')
        yield exonerate('cpu', `CPU ${cpu}`, 'it idled: nothing kept it', showing(cpu, trigger));
  },
});

/** What a CPU of a running machine executes has no stack that could be read. */
const showing = (cpu: number, { detector }: Trigger): string =>
  detector === 'live' ? `runq -c ${cpu}` : `bt -c ${cpu}`;

/** What broke in on the CPU and called panic() was served there by chance, whatever ran below. */
function* messengers({
  messengers,
  pid,
  cpu,
  kind,
  isWhole,
  function: name,
}: Trigger): Generator<Exoneration> {
  if (messengers.length === 0 || pid === null || kind === 'unknown' || !isWhole) return;
  const entry = messengers.at(-1) as FrameFact;
  const command = `bt ${pid}`;
  const modules = [...new Set(messengers.flatMap((frame) => frame.module ?? []))];
  for (const module of modules) {
    const own = messengers.filter((frame) => frame.module === module);
    const isCaller = own.some((frame) => frame.function === name);
    yield exonerate(
      'module',
      module,
      `messenger: ${join(own.map((frame) => frame.function ?? frame.pc))} ${isCaller ? 'called panic(), as its settings tell it to' : 'only passed the message on'}, in an interrupt (${entry.symbol}) that broke in on CPU ${cpu}`,
      command,
    );
  }
  const kernel = messengers.filter(
    (frame) =>
      frame.module === null && frame !== entry && !/panic|kexec/.test(frame.function ?? ''),
  );
  for (const name of new Set(kernel.flatMap((frame) => frame.function ?? [])))
    yield exonerate(
      'function',
      name,
      `on the way from the interrupt (${entry.symbol}) to panic(): it was served on whatever ran there`,
      command,
    );
}

/** Drivers whose interrupts were served, and whose code stands on no CPU's stack. */
function* drivers(
  interrupts: readonly Interrupt[],
  cpus: readonly CpuFact[],
  trigger: Trigger,
  nowNs: number | null,
): Generator<Exoneration> {
  // A stack that is not whole may hide a frame: then its absence means nothing.
  if (trigger.kind !== 'panic' || nowNs === null || !cpus.every((cpu) => cpu.stack.isWhole)) return;
  const inTraces = new Set(cpus.flatMap((cpu) => cpu.stack.frames.map((frame) => frame.module)));
  const modules = new Set(interrupts.flatMap(({ module }) => module ?? []));
  for (const module of modules) {
    const own = interrupts.filter((interrupt) => interrupt.module === module);
    const rate = Math.max(...cpus.map(({ cpu }) => takenOn(own, cpu))) / (nowNs / 1e9);
    const total = own.reduce((sum, { perCpu }) => sum + perCpu.reduce((n, c) => n + c.count, 0), 0);
    if (inTraces.has(module) || total === 0 || rate > STORM_PER_SECOND) continue;
    const here = trigger.cpu === null ? undefined : takenOn(own, trigger.cpu);
    yield exonerate(
      'module',
      module,
      `its interrupts were served: ${count(total, 'interrupt')} in ${seconds(nowNs)} (${join(own.map(lineOf))}), ${(total / (nowNs / 1e9)).toFixed(1)} a second${here === undefined ? '' : `, ${here} of them on CPU ${trigger.cpu}`}: no storm. None of its functions stands on the stack of any CPU, all of which were unwound to the end: no way leads from it to panic()`,
      'bt -a',
      new RegExp(`\\[${literal(module)}\\]`),
    );
  }
}

const takenOn = (interrupts: readonly Interrupt[], cpu: number): number =>
  interrupts.reduce(
    (sum, { perCpu }) => sum + (perCpu.find((taken) => taken.cpu === cpu)?.count ?? 0),
    0,
  );

const lineOf = ({ irq, device }: Interrupt): string => `IRQ ${irq}${device ? ` ${device}` : ''}`;
