// A dump of the same machine with other bytes in its memory: what a hostile kernel could have left there.
import { offsetInPage, pageOf, type VirtualAddress, virtual } from '../src/bytes/address.ts';
import { isFault } from '../src/bytes/fault.ts';
import { openDump } from '../src/doors/open.ts';
import type { Dump } from '../src/types/dump.ts';
import { elfFile } from './elf-file.ts';
import { imageOf } from './image.ts';
import { memoryFile } from './memory-file.ts';

export type Change = readonly [at: VirtualAddress, bytes: Uint8Array];

/** As an ELF core. @throws Error when a change is to memory that the dump lacks */
export async function changedDump(
  whole: Uint8Array,
  changes: (dump: Dump) => Iterable<Change>,
): Promise<Buffer> {
  const dump = await openDump([memoryFile(whole)]);
  const image = imageOf(dump.source);
  const pages = new Map(image.pages.map(([pfn, bytes]) => [pfn, Uint8Array.from(bytes)]));
  for (const [start, bytes] of changes(dump))
    for (const [i, byte] of bytes.entries()) {
      const at = virtual(start + BigInt(i));
      const frame = dump.memory.frameOf(pageOf(at));
      const page = isFault(frame) ? undefined : pages.get(frame);
      if (!page) throw new Error(`0x${at.toString(16)} is not in the dump`);
      page[offsetInPage(at)] = byte;
    }
  return elfFile({ ...image, pages: [...pages] }, { directMap: 0xffff888000000000n });
}
