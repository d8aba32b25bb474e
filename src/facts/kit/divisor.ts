// What was divided by.
import { dividedBy } from '../../arch/x86_64/operand.ts';
import type { Registers } from '../../arch/x86_64/registers.ts';
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { isFault } from '../../bytes/fault.ts';
import { hex } from '../../print/hex.ts';
import type { Dump } from '../../types/dump.ts';
import { type KernelObject, objectAt } from './object.ts';
import { Origins } from './origin.ts';

export interface Divisor {
  /** `ratio->whole`, `whole`; null: no types or names tell. */
  readonly expression: string | null;
  /** The memory it is in, or was loaded from, and holds still; null: not known. */
  readonly memory: KernelObject | null;
}

/** The longest instruction of the architecture. */
const MOST_BYTES = 15;

export function divisorOf(
  dump: Dump,
  ip: VirtualAddress,
  registers: Registers,
): Divisor | undefined {
  const code = dump.memory.read(ip, MOST_BYTES);
  const divided = isFault(code) ? undefined : dividedBy(code);
  const origins = Origins.at(dump, ip, registers);
  if (!divided || !origins) return undefined;
  const id =
    'register' in divided
      ? origins.in(divided.register)
      : origins.loadedBy(divided.memory, virtual(ip + BigInt(divided.memory.length)), 4);
  const value = origins.value(id);
  const at = value?.is === 'load' ? origins.addressOf(value) : undefined;
  const isZero = at !== undefined && dump.memory.u32(virtual(at)) === 0;
  return {
    expression: origins.spell(id).text,
    memory:
      isZero && at !== undefined ? { ...objectAt(dump, '', virtual(at)), address: hex(at) } : null,
  };
}
