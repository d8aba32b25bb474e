// A thread as a row: of the table that is printed, of the evidence, and of the document.
import { escapeText } from '../../print/escape.ts';
import type { ExaminedThread } from '../../rules/kit/examined.ts';
import { callName } from '../process/calls.ts';
import { shares } from '../process/classify.ts';
import type { SeenThread } from './scene.ts';

export function examinedThread(thread: SeenThread): ExaminedThread {
  const { samples, wait, open } = thread;
  return {
    tid: samples.tid,
    comm: samples.comm,
    class: thread.class,
    waitsFor: thread.waitsFor,
    shares: shares(samples),
    slices: samples.slices,
    call: wait?.call ? callName(wait.call.number) : null,
    kernelFunction: wait?.wchan || null,
    path: open?.path ?? null,
    asleepSeconds: samples.asleepMs === null ? null : samples.asleepMs / 1000,
  };
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;

/** CPU: it ran; KERNEL: of that, in the kernel; DELAY: ready, without a CPU; S and D: asleep. */
export const threadTable = (threads: readonly ExaminedThread[]): string[] =>
  table([
    ['TID', 'NAME', 'CLASS', 'CPU', 'KERNEL', 'DELAY', 'S', 'D', 'SLEEPS IN'],
    ...threads.map((thread) => [
      `${thread.tid}`,
      escapeText(thread.comm),
      thread.class,
      percent(thread.shares.run),
      percent(thread.shares.system),
      percent(thread.shares.delay),
      percent(thread.shares.sleep),
      percent(thread.shares.uninterruptible),
      escapeText([thread.call, thread.path, thread.kernelFunction].filter(Boolean).join(' ')),
    ]),
  ]);

/** Rows as columns, all but the last padded. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
