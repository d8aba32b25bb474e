// A file that an answer is written to: never one that is there already.
import { closeSync, openSync, writeSync } from 'node:fs';

/** @returns why it was not made; undefined when it was */
export function createFile(path: string, pieces: Iterable<Uint8Array>): string | undefined {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'EEXIST' ? 'there is such a file already; give another name' : message;
  }
  try {
    for (const piece of pieces)
      for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    closeSync(file);
  }
}
