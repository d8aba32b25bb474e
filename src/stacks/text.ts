// What an address in code is called.

import { callTarget, endsInCall } from '../arch/x86_64/call.ts';
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';

export interface Place {
  readonly symbol: string | undefined;
  /** From the symbol's start; of a return address, which may be the first byte after the function. */
  readonly offset: number | undefined;
  readonly module: string | undefined;
  /** Start of the function. */
  readonly start: VirtualAddress | undefined;
}

/** Names of code addresses, each looked up once. */
export class Text {
  readonly #dump: Dump;
  readonly #exact = new Map<VirtualAddress, Place>();
  readonly #returns = new Map<VirtualAddress, Place>();

  private constructor(dump: Dump) {
    this.#dump = dump;
  }

  static of(dump: Dump): Text {
    return dump.memo(Text, () => new Text(dump));
  }

  /** The function that an instruction belongs to. */
  at(pc: VirtualAddress): Place {
    return this.#place(this.#exact, pc, pc);
  }

  /**
   * The function that a return address leads back into: that of the call before it. A call that never
   * returns may be a function's last instruction.
   */
  atReturn(pc: VirtualAddress): Place {
    return this.#place(this.#returns, pc, virtual(pc - 1n));
  }

  isText(pc: VirtualAddress): boolean {
    return this.#dump.symbols.isText(pc);
  }

  /** Whether a word can be a return address: in code, and right after a call. */
  isReturnAddress(word: VirtualAddress): boolean {
    const before = virtual(word - 1n);
    if (!this.isText(before)) return false;
    const bytes = this.#dump.memory.read(virtual(word - 7n), 7);
    return !isFault(bytes) && endsInCall(bytes);
  }

  /** Where the direct call went that a return address comes after. */
  calledFrom(word: VirtualAddress): VirtualAddress | undefined {
    const bytes = this.#dump.memory.read(virtual(word - 5n), 5);
    const target = isFault(bytes) ? undefined : callTarget(word, bytes);
    return target === undefined ? undefined : virtual(target);
  }

  #place(cache: Map<VirtualAddress, Place>, pc: VirtualAddress, inside: VirtualAddress): Place {
    let place = cache.get(pc);
    if (!place) {
      const symbol = this.isText(inside) ? this.#dump.symbols.at(inside) : undefined;
      place = {
        symbol: symbol?.name,
        offset: symbol && Number(pc - symbol.address),
        module: symbol ? symbol.module : this.#dump.symbols.moduleOf(inside),
        start: symbol?.address,
      };
      cache.set(pc, place);
    }
    return place;
  }
}
