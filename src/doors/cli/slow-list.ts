// `inquest slow` without a process: which are worth a look, renewed on a terminal.
import { setTimeout as wait } from 'node:timers/promises';
import { lookAround, type SlowList, worthALook } from '../../live/worth.ts';
import { escapeText, jsonText } from '../../print/escape.ts';
import type { SlowArguments } from './slow-arguments.ts';

const FIRST_MS = 1000;
const RENEW_MS = 2000;
const PLAIN_ROWS = 40;

/** @returns 0; 130 when ^C ends the renewing */
export async function list(given: SlowArguments, signal: AbortSignal): Promise<number> {
  let before = lookAround();
  await wait(FIRST_MS, null, { signal });
  for (;;) {
    const after = lookAround();
    const found = worthALook(before, after);
    if (given.json) {
      process.stdout.write(jsonText(found, 2));
      return 0;
    }
    const { isTTY, rows, columns } = process.stdout;
    const isRenewed = isTTY === true && !given.once;
    const lines = [...render(found, isRenewed ? rows - 1 : PLAIN_ROWS)];
    // Home, then each line with its rest erased, then what is below: no flicker.
    process.stdout.write(
      isRenewed
        ? `\u001b[H${lines.map((line) => `${line.slice(0, columns)}\u001b[K\r\n`).join('')}\u001b[J`
        : `${lines.join('\n')}\n`,
    );
    if (!isRenewed) return 0;
    before = after;
    await wait(RENEW_MS, null, { signal });
  }
}

function* render({ processes }: SlowList, room: number): Generator<string> {
  if (processes.length === 0) {
    yield 'No process is worth a look: none waits in the kernel, runs all the time, lacks a CPU, or is stopped.';
    return;
  }
  yield '    PID  STATE   CPU  DELAY  D SINCE  NAME             WHY';
  for (const {
    pid,
    state,
    cpuShare,
    delayShare,
    uninterruptibleSeconds,
    comm,
    why,
  } of processes.slice(0, Math.max(1, room - 2))) {
    const since = uninterruptibleSeconds === null ? '-' : `${uninterruptibleSeconds.toFixed(1)} s`;
    yield [
      `${pid}`.padStart(7),
      state.padEnd(5),
      `${Math.round(cpuShare * 100)}%`.padStart(5),
      `${Math.round(delayShare * 100)}%`.padStart(5),
      since.padStart(8),
      escapeText(comm).padEnd(15),
      why,
    ].join('  ');
  }
  yield `inquest slow ${processes[0]?.pid} says why.`;
}
