// `inquest slow`: why a process is too slow; without one, which processes are worth a look.
import { renderVerdict } from '../../commands/why/render.ts';
import { examine } from '../../live/examine.ts';
import { renderProcess } from '../../live/render.ts';
import { escapeText, jsonText } from '../../print/escape.ts';
import { kernelReader } from '../kernel-reader.ts';
import { UsageError } from './arguments.ts';
import { isColoured } from './colour.ts';
import { progress } from './progress.ts';
import { parseSlow, type SlowArguments } from './slow-arguments.ts';

/** As `inquest why` lays out where there is no terminal. */
const PLAIN_WIDTH = 100;
/** 128 + SIGINT, as a shell counts it. */
const INTERRUPTED = 130;

/** @returns 0 with a verdict, 1 when none can be reached, 2 when there is no such process */
export async function run(words: readonly string[]): Promise<number> {
  const given = parseSlow(words);
  const stop = new AbortController();
  const end = (): void => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  try {
    if (given.pid !== undefined) return await one(given.pid, given, stop.signal);
    const { list } = await import('./slow-list.ts');
    return await list(given, stop.signal);
  } catch (error) {
    if (stop.signal.aborted) return INTERRUPTED;
    throw error;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, end);
  }
}

async function one(pid: number, given: SlowArguments, signal: AbortSignal): Promise<number> {
  const line = progress();
  const verdict = await examine(pid, {
    seconds: given.seconds,
    signal,
    say: (what) => line.show(escapeText(what)),
    kernel: kernelReader(),
  }).finally(() => line.clear());
  signal.throwIfAborted();
  if (!verdict)
    throw new UsageError(
      `there is no process ${pid}; inquest slow --once shows which are worth a look`,
    );
  if (given.json) {
    process.stdout.write(jsonText(verdict, 2));
    return 0;
  }
  const { isTTY, columns } = process.stdout;
  const look = {
    width: isTTY && columns ? columns : PLAIN_WIDTH,
    isTerminal: isTTY === true,
    isColoured: isColoured(given.color, process.stdout),
    isVerbose: given.verbose,
  };
  const text = [
    ...renderVerdict(verdict, look),
    ...(verdict.process ? renderProcess(verdict.process, look.isColoured) : []),
  ];
  process.stdout.write(`${text.join('\n')}\n`);
  return 0;
}
