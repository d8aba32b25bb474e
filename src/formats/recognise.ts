// Which format a file has, by its content.
import { Fault, isFault } from '../bytes/fault.ts';
import type { RandomAccessFile } from '../bytes/file.ts';
import { isFlattened, openFlattened } from '../bytes/flattened.ts';
import { elf } from './elf.ts';
import type { PageSource } from './format.ts';
import { kdump } from './kdump.ts';
import { raw } from './raw.ts';
import { describeUnknown } from './unknown.ts';

const formats = [kdump, elf];

/** @returns a source, a Fault of a known format's file, or a sentence about a file that is no dump */
export function recognise(
  files: readonly RandomAccessFile[],
  options: { readonly raw?: boolean },
): PageSource | Fault | string {
  const opened: RandomAccessFile[] = [];
  for (const file of files) {
    const inner = unwrap(file);
    if (isFault(inner)) return new Fault(inner.reason, inner.at, inner.detail);
    opened.push(inner);
  }
  const [first] = opened;
  if (!first) return new Fault('truncated', undefined, 'no file was given');
  const head = headOf(first);
  const format = formats.find((one) => one.recognises(head));
  if (options.raw)
    return format
      ? `${first.name}: not raw memory but ${format.name}; leave out --raw`
      : raw.open(opened);
  if (!format) return unknown(first, head);
  // A part that is something else altogether is named, instead of read as damaged.
  const other = opened.find((file) => !format.recognises(headOf(file)));
  if (other)
    return `${other.name}: no ${format.name} file as ${first.name} is; the parts of one dump are all alike`;
  return format.open(opened);
}

/** The file told by a flattened stream, read in place; any other file as it is. */
function unwrap(file: RandomAccessFile): RandomAccessFile | Fault {
  return isFlattened(headOf(file)) ? openFlattened(file) : file;
}

function headOf(file: RandomAccessFile): Uint8Array {
  const head = file.read(0, Math.min(4096, file.size));
  return isFault(head) ? new Uint8Array(0) : head;
}

function unknown(file: RandomAccessFile, head: Uint8Array): string {
  if (file.container === undefined) return `${file.name}: ${describeUnknown(file, head)}`;
  const [cut] = file.warnings ?? [];
  return `${file.name}: the flattened form of makedumpfile, but no dump is in it${cut ? `: ${cut}` : ''}`;
}
