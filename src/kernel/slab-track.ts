// Who allocated and who freed an object of a slab cache, where the machine was booted with slub_debug=U. mm/slub.c
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { slabCacheAt } from './slab.ts';

export interface Track {
  /** Of the `struct track`. */
  readonly address: VirtualAddress;
  /** Return address of the call. */
  readonly from: VirtualAddress;
  readonly pid: number;
}

export interface Tracks {
  readonly allocated: Track;
  /** When it was freed last: it may have been allocated again since. */
  readonly freed: Track | null;
}

const cacheShape = shape('kmem_cache', {
  flags: ['flags'],
  inUse: ['inuse'],
  freePointer: ['offset'],
});
class Cache extends View<keyof typeof cacheShape.fields> {
  protected readonly shape = cacheShape;
}

const trackShape = shape('track', { from: ['addr'], pid: ['pid'] });
class TrackView extends View<keyof typeof trackShape.fields> {
  protected readonly shape = trackShape;
}

/** SLAB_STORE_USER, before the flags became an enumeration: include/linux/slab.h (5.10, 6.1). */
const STORE_USER = 0x10000n;

/** Behind the object, and behind its free pointer where that lies outside: get_track(), get_info_end() (5.10 to 7.2). */
export function slabTracks(dump: Dump, object: VirtualAddress): Tracks | undefined {
  const found = slabCacheAt(dump, object);
  if (!found) return undefined;
  const cache = new Cache(dump, found.address);
  const flags = cache.word('flags');
  const inUse = cache.number('inUse');
  const freePointer = cache.number('freePointer');
  const size = dump.types.sizeOf(trackShape.struct);
  const bit = dump.types.enumerator('_slab_flag_bits', '_SLAB_STORE_USER');
  const wanted = bit === undefined ? STORE_USER : 1n << BigInt(bit);
  if (isFault(flags) || isFault(inUse) || isFault(freePointer) || !size) return undefined;
  if ((flags & wanted) === 0n) return undefined;
  const start = object + BigInt(inUse + (freePointer >= inUse ? 8 : 0));
  const allocated = trackAt(dump, virtual(start));
  return allocated && { allocated, freed: trackAt(dump, virtual(start + BigInt(size))) ?? null };
}

/** An address that is no code is no track's: the object does not begin there. */
function trackAt(dump: Dump, address: VirtualAddress): Track | undefined {
  const track = new TrackView(dump, address);
  const from = track.pointer('from');
  const pid = track.number('pid');
  if (isFault(from) || isFault(pid) || !dump.symbols.isText(from)) return undefined;
  return { address, from, pid };
}
