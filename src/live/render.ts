// What `inquest slow` prints beside a verdict: the threads, the calls, and what the examination cost.

import { escapeText } from '../print/escape.ts';
import type { ExaminedProcess } from '../rules/kit/examined.ts';
import { table, threadTable } from './stories/rows.ts';

const MOST_ROWS = 24;

const percent = (share: number): string => `${Math.round(share * 100)}%`;

export function* renderProcess(process: ExaminedProcess, isColoured: boolean): Generator<string> {
  const heading = (text: string): string => (isColoured ? `\u001b[1m${text}\u001b[0m` : text);
  yield '';
  yield heading('Threads');
  const shown = process.threads.slice(0, MOST_ROWS);
  for (const line of threadTable(shown)) yield `  ${line}`;
  if (process.threads.length > shown.length)
    yield `  and ${process.threads.length - shown.length} more; --json has them`;
  if (process.calls.length > 0) yield* calls(process, heading);
  yield '';
  yield heading('Cost');
  yield `  ${costText(process)}`;
}

function* calls(process: ExaminedProcess, heading: (text: string) => string): Generator<string> {
  yield '';
  yield heading('System calls');
  const rows = process.calls
    .slice(0, 8)
    .map(({ call, count, errors, seconds, longestSeconds, bytesPerSecond, fd, path }) => [
      call,
      `${count}`,
      `${errors}`,
      seconds.toFixed(3),
      longestSeconds.toFixed(3),
      bytesPerSecond === null ? '-' : `${Math.round(bytesPerSecond)}`,
      escapeText(fd === null ? '' : `${fd}<${path}>`),
    ]);
  const head = ['CALL', 'COUNT', 'ERRORS', 'SECONDS', 'LONGEST', 'BYTES/S', 'ON'];
  for (const line of table([head, ...rows])) yield `  ${line}`;
}

function costText({ cost, seconds, samples }: ExaminedProcess): string {
  const stood =
    cost.tracedStoodShare === null
      ? ''
      : `, standing still for it ${percent(cost.tracedStoodShare)} of that time`;
  return [
    `${samples} samples in ${seconds.toFixed(1)} s (${cost.ownCpuMs} ms of CPU time)`,
    cost.stoppedMs > 0
      ? `stopped for ${cost.stoppedMs} ms to take its stacks`
      : 'never stopped for stacks',
    cost.tracedSeconds > 0
      ? `traced for ${cost.tracedSeconds.toFixed(1)} s and ${cost.tracedCalls} calls${stood}`
      : 'not traced',
  ].join('; ');
}
