// File systems whose files lie in memory. mm/shmem.c, include/linux/shmem_fs.h (5.10 to 7.2)
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { globalStruct } from './globals.ts';
import { listEntries } from './lib/list.ts';
import { percpuCounter } from './mm.ts';
import { mountPath } from './path.ts';

export interface Tmpfs {
  /** Of its super_block. */
  readonly address: VirtualAddress;
  /** Where it is mounted first; null: nowhere, or not known. */
  readonly path: string | null;
  readonly pages: number;
}

const superShape = shape('super_block', {
  type: ['s_type'],
  own: ['s_fs_info'],
  mounts: ['s_mounts'],
});
class SuperBlock extends View<keyof typeof superShape.fields> {
  protected readonly shape = superShape;
}

const typeShape = shape('file_system_type', { name: ['name'] });
class FileSystemType extends View<keyof typeof typeShape.fields> {
  protected readonly shape = typeShape;
}

const ownShape = shape('shmem_sb_info', { used: ['used_blocks'] });
class ShmemInfo extends View<keyof typeof ownShape.fields> {
  protected readonly shape = ownShape;
}

const MOST_SUPER_BLOCKS = 100_000;

/** Those that are mounted somewhere, the largest first. */
export function tmpfsUses(dump: Dump): Tmpfs[] {
  const head = globalStruct(dump, 'super_blocks');
  const link = dump.types.member('super_block', 's_list');
  if (isFault(head) || !link) return [];
  const found: Tmpfs[] = [];
  for (const address of listEntries(dump, head, link.offset, { limit: MOST_SUPER_BLOCKS })) {
    const block = new SuperBlock(dump, address);
    if (typeName(dump, block) !== 'tmpfs') continue;
    const own = block.pointer('own');
    const used = isFault(own) ? own : new ShmemInfo(dump, own).addressOf('used');
    const pages = isFault(used) ? used : percpuCounter(dump, used, 0);
    if (isFault(pages)) continue;
    found.push({ address, path: firstMount(dump, block), pages: Math.max(0, Number(pages)) });
  }
  return found.sort((a, b) => b.pages - a.pages);
}

function typeName(dump: Dump, block: SuperBlock): string | undefined {
  const type = block.pointer('type');
  const at = isFault(type) ? type : new FileSystemType(dump, type).pointer('name');
  const name = isFault(at) ? at : dump.memory.text(at, 32);
  return isFault(name) ? undefined : name;
}

/** `s_mounts` is a ring of `mnt_instance` to 6.12, on 7.2 the first mount itself. */
function firstMount(dump: Dump, block: SuperBlock): string | null {
  const first = block.pointer('mounts');
  const at = block.addressOf('mounts');
  if (isFault(first) || isFault(at) || first === 0n || first === at) return null;
  const link = dump.types.member('mount', 'mnt_instance');
  const path = mountPath(dump, virtual(first - BigInt(link?.offset ?? 0)));
  return isFault(path) ? null : path;
}
