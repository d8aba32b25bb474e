// Files of /proc and /sys as text. Reads only; what may not be read is said once, by whoever reports.
import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';

/** Why a file could not be read: an errno. */
export interface Refusal {
  readonly code: string;
}

export type Text = string | Refusal;

export const isRefusal = (text: Text): text is Refusal => typeof text !== 'string';

/** More than any file here has but /proc/PID/maps of a giant, of which nothing is read. */
const MOST_BYTES = 1 << 20;
const buffer = Buffer.allocUnsafe(64 * 1024);

/** The whole of a small file. */
export function readText(path: string): Text {
  const file = FileText.open(path);
  if (!(file instanceof FileText)) return file;
  try {
    return file.read();
  } finally {
    file.close();
  }
}

/** The text, or undefined for whatever reason. */
export function textOf(path: string): string | undefined {
  const text = readText(path);
  return isRefusal(text) ? undefined : text;
}

/** A file that is read again and again: kept open, a read costs a third, and never reads another process's of the same number. */
export class FileText {
  readonly #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  static open(path: string): FileText | Refusal {
    try {
      return new FileText(openSync(path, 'r'));
    } catch (error) {
      return refusal(error);
    }
  }

  read(): Text {
    try {
      let length = readSync(this.#fd, buffer, 0, buffer.length, 0);
      let text = buffer.toString('utf8', 0, length);
      while (length > 0 && length % buffer.length === 0 && length < MOST_BYTES) {
        const more = readSync(this.#fd, buffer, 0, buffer.length, length);
        if (more === 0) break;
        text += buffer.toString('utf8', 0, more);
        length += more;
      }
      return text;
    } catch (error) {
      return refusal(error);
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}

const refusal = (error: unknown): Refusal => ({
  code: (error as NodeJS.ErrnoException).code ?? 'EIO',
});

export function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

export function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** Numbers in a folder: processes in /proc, threads in task, descriptors in fd. */
export const numbersIn = (path: string): number[] =>
  namesIn(path)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** `Name:\tvalue` lines, as status, fdinfo and io have them. */
export const field = (text: string, name: string): string | undefined =>
  new RegExp(`^${name}:[ \t]*(.*)$`, 'm').exec(text)?.[1]?.trim();

export const numberField = (text: string, name: string): number | undefined => {
  const value = Number.parseInt(field(text, name) ?? '', 10);
  return Number.isNaN(value) ? undefined : value;
};
