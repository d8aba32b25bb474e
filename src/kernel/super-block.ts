// `struct super_block`: mounted file systems, and whether they are frozen. include/linux/fs.h, fs/super.c
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { listEntries } from './lib/list.ts';

const superShape = shape('super_block', {
  list: ['s_list'],
  id: ['s_id'],
  // An int until 7.x, there an unsigned short.
  frozen: ['s_writers.frozen'],
});

export class SuperBlock extends View<keyof typeof superShape.fields> {
  protected readonly shape = superShape;
}

/** SB_FREEZE_COMPLETE: include/linux/fs.h (5.10 to 7.2) */
const FROZEN = 4;
/** Containers mount thousands. */
const MOST = 100_000;

export function frozenFileSystems(dump: Dump): SuperBlock[] {
  const head = dump.symbol('super_blocks');
  const link = dump.types.member('super_block', 's_list');
  if (isFault(head) || !link) return [];
  return [...listEntries(dump, head, link.offset, { limit: MOST })]
    .map((address) => new SuperBlock(dump, address))
    .filter((block) => block.number('frozen') === FROZEN);
}
