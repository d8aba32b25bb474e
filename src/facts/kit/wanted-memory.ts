// What a faulting access's address says beyond its bits: whether something is there, who gave it, and whose it was.
import { virtual } from '../../bytes/address.ts';
import { isFault } from '../../bytes/fault.ts';
import { currentTask } from '../../kernel/cpus.ts';
import { entryRegisters } from '../../kernel/stack-words.ts';
import type { Dump } from '../../types/dump.ts';
import { trigger } from '../trigger.ts';
import { seen } from './define.ts';

export const isMapped = (dump: Dump, address: bigint): boolean =>
  !isFault(dump.memory.translate(virtual(address)));

/** Below this no program has memory: small numbers are arguments, too. */
const LOWEST = 0x10000n;

/** Whether the program gave this pointer with the system call it is in. */
export function isOfCall(dump: Dump, pointer: bigint): boolean {
  const { cpu } = seen(dump, trigger).value;
  const task = cpu === null ? undefined : currentTask(dump, cpu);
  const given = !task || isFault(task) ? undefined : entryRegisters(task);
  if (!given || isFault(given) || pointer < LOWEST) return false;
  return [given.di, given.si, given.dx, given.r10, given.r8, given.r9].includes(pointer);
}

/** MODULES_VADDR and MODULES_END: arch/x86/include/asm/pgtable_64_types.h (5.10 to 7.2). */
const MODULES = { low: 0xffff_ffff_c000_0000n, high: 0xffff_ffff_ff00_0000n };
/** MODULE_NAME_LEN: include/linux/moduleparam.h */
const LONGEST_NAME = 56;

/**
 * The module that was removed last, where an address is among those of modules and nothing is there any more; null: none was, or it
 * is no such address. `last_unloaded_module` begins with the name: kernel/module.c, kernel/module/main.c (5.10 to 7.2)
 */
export function removedModule(dump: Dump, address: bigint): string | null {
  if (address < MODULES.low || address >= MODULES.high || isMapped(dump, address)) return null;
  const at = dump.symbol('last_unloaded_module');
  const name = isFault(at) ? at : dump.memory.text(at, LONGEST_NAME);
  return isFault(name) || !/^[\w-]+$/.test(name) ? null : name;
}
