// Damaged copies of a dump, without copying it, and what becomes of opening and asking them.
import type { FileOffset } from '../src/bytes/address.ts';
import { Fault, isFault } from '../src/bytes/fault.ts';
import type { RandomAccessFile } from '../src/bytes/file.ts';
import { runLine } from '../src/commands/kit/run.ts';
import { newSession } from '../src/commands/kit/session.ts';
import { OpenError, openDump } from '../src/doors/open.ts';

/** Numbers below a bound, the same for the same seed. */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The file up to `size`, with single bytes changed. */
export function damaged(
  file: RandomAccessFile,
  size: number,
  changes: ReadonlyMap<number, number>,
): RandomAccessFile {
  return {
    name: file.name,
    size,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > size)
        return new Fault('truncated', Math.max(0, offset) as FileOffset);
      const bytes = file.read(offset, length);
      if (isFault(bytes)) return bytes;
      for (const [at, value] of changes)
        if (at >= offset && at < offset + length) bytes[at - offset] = value;
      return bytes;
    },
    close() {},
  };
}

/** One to sixteen bytes of the first 64 KiB. */
export function flips(random: (below: number) => number): Map<number, number> {
  const changes = new Map<number, number>();
  for (let n = 1 + random(16); n > 0; n--) changes.set(random(65536), random(256));
  return changes;
}

/** The file with some 20 to 120 of its pages, behind the first two, changed: noise, ones, or a few bits. */
export function scrambled(
  file: RandomAccessFile,
  random: (below: number) => number,
): RandomAccessFile {
  const pages = new Set<number>();
  for (let n = 20 + random(100); n > 0; n--)
    pages.add(2 + random(Math.floor(file.size / 4096) - 2));
  const salt = random(1 << 30);
  const kind = random(3);
  const changed = (byte: number, at: number): number => {
    const noise = Math.imul(at ^ salt, 2654435761) >>> 24;
    if (kind === 0) return noise;
    return kind === 1 ? 0xff : byte ^ (noise < 16 ? 1 : 0);
  };
  return {
    ...damaged(file, file.size, new Map()),
    read(offset, length) {
      const bytes = file.read(offset, length);
      if (isFault(bytes)) return bytes;
      for (let i = 0; i < length; i++)
        if (pages.has(Math.floor((offset + i) / 4096)))
          bytes[i] = changed(bytes[i] as number, offset + i);
      return bytes;
    },
  };
}

export interface Trial {
  readonly milliseconds: number;
  /** Whether it opened; then what the commands came to. */
  readonly opened: boolean;
  readonly answered: number;
  /** Every line of text that a user would see beside the answers. */
  readonly lines: readonly string[];
}

/** @throws whatever a user would see as a stack trace of ours */
export async function tryOut(
  file: RandomAccessFile,
  commands: readonly string[],
  options: { readonly raw?: boolean } = {},
): Promise<Trial> {
  const start = performance.now();
  const lines: string[] = [];
  let answered = 0;
  let opened = false;
  try {
    const dump = await openDump([file], options);
    opened = true;
    lines.push(...dump.source.warnings);
    for (const command of commands) {
      const answer = await runLine({ dump, session: newSession() }, command);
      lines.push(...answer.warnings);
      if (answer.ok) answered++;
      else lines.push(answer.error.message.trimEnd());
    }
  } catch (error) {
    if (!(error instanceof OpenError)) throw error;
    lines.push(error.message);
  }
  return { milliseconds: performance.now() - start, opened, answered, lines };
}

/** What is wrong with a line for a user; undefined when it is a clear one. */
export function unclear(line: string): string | undefined {
  if (line.trim() === '') return 'empty';
  if (/\n/.test(line)) return 'several lines';
  if (/^\s+at |undefined|NaN|\[object|TypeError|RangeError|null\b/.test(line))
    return 'not for users';
  return undefined;
}
