// Something in the kernel's memory, by its symbol where it has one.
import type { VirtualAddress } from '../../bytes/address.ts';
import { hex } from '../../print/hex.ts';
import type { Dump } from '../../types/dump.ts';

export interface KernelObject {
  /** Its C type. */
  readonly type: string;
  /** The variable it is, or lies in: `route_lock`, `device_table+0x40`; null: it is in no variable. */
  readonly name: string | null;
  /** `0x…` */
  readonly address: string;
  readonly module: string | null;
}

export function objectAt(dump: Dump, type: string, address: VirtualAddress): KernelObject {
  const symbol = dump.symbols.at(address);
  const offset = symbol ? address - symbol.address : 0n;
  // A variable of unknown size ends where the next begins.
  const isInside = symbol && (symbol.size === 0 ? offset === 0n : offset < BigInt(symbol.size));
  const name = isInside ? `${symbol.name}${offset === 0n ? '' : `+${hex(offset)}`}` : null;
  return { type, name, address: hex(address), module: dump.symbols.moduleOf(address) ?? null };
}
