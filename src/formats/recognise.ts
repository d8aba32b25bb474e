// Which format a file has, by its content.
import { Fault, isFault } from '../bytes/fault.ts';
import type { RandomAccessFile } from '../bytes/file.ts';
import type { PageSource } from './format.ts';
import { kdump } from './kdump.ts';

/** @returns a source, a Fault of a known format's file, or a sentence about a file that is no dump */
export function recognise(
  files: readonly RandomAccessFile[],
  options: { readonly raw?: boolean },
): PageSource | Fault | string {
  void options;
  const first = files[0];
  const head = first?.read(0, Math.min(4096, first.size));
  if (!head || isFault(head)) return new Fault('truncated', undefined, 'empty');
  if (kdump.recognises(head)) return kdump.open(files);
  return `${first?.name}: not a dump`;
}
