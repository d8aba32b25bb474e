// `struct list_head` rings. include/linux/list.h
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { Fault, isFault } from '../../bytes/fault.ts';
import { Walk } from '../../bytes/walk.ts';
import type { Dump } from '../../types/dump.ts';

/**
 * The structs on a ring, by address.
 *
 * @example
 * ```js
 * // struct module has its link in a member `list`; the ring's head is the variable `modules`.
 * const walk = listEntries(dump, dump.symbol('modules'), dump.types.member('module', 'list').offset);
 * const names = [...walk].map((at) => new Module(dump, at).name);
 * console.log(names[0], walk.end); // ipmi_watchdog complete
 * ```
 * @param head the list head itself, which is on no struct
 * @param linkOffset bytes from the start of a struct to the `list_head` in it
 * @param options `backwards` follows `prev`; `limit`: structs after which we stop believing the list
 */
export function listEntries(
  dump: Dump,
  head: VirtualAddress,
  linkOffset: number,
  options: { readonly backwards?: boolean; readonly limit?: number } = {},
): Walk<VirtualAddress> {
  const { backwards = false, limit = 1_000_000 } = options;
  const next = backwards ? 8n : 0n;
  return new Walk(function* () {
    let link = head;
    let mark = head; // Brent: a mark that moves up at every power of two is met again in any loop
    for (let step = 1, power = 1; ; step++) {
      const to = dump.memory.pointer(virtual(link + next));
      if (isFault(to)) return to;
      link = to;
      if (link === head) return 'complete';
      if (link === mark) return 'looped';
      if (step > limit) return 'limit';
      if (!dump.paging.isCanonical(link) || link === 0n) return new Fault('non-canonical', link);
      if (step === power) [mark, power] = [link, power * 2];
      yield virtual(link - BigInt(linkOffset));
    }
  });
}
