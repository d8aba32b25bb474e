// The record of a machine check: do_machine_check() fills it in on its own stack. arch/x86/kernel/cpu/mce/core.c
import { virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import type { StackRange } from './cpu-stacks.ts';

const mceShape = shape('mce', {
  status: ['status'],
  misc: ['misc'],
  address: ['addr'],
  machineStatus: ['mcgstatus'],
  bank: ['bank'],
  cpu: ['extcpu'],
});

/** `struct mce`: arch/x86/include/uapi/asm/mce.h (5.10 to 7.2) */
export class MachineCheck extends View<keyof typeof mceShape.fields> {
  protected readonly shape = mceShape;
}

/** MCI_STATUS_VAL and MCI_STATUS_UC: there is an error, and it was not corrected. Intel SDM vol. 3B, 17.3.2.2 */
const UNCORRECTED = (1n << 63n) | (1n << 61n);
/** MCG_STATUS_MCIP: a machine check is being handled; above bit 3 nothing is set. */
const IN_PROGRESS = 4n;
const MOST_BANKS = 128;

/** The uncorrected errors on a stack; a copy of a record is a record. */
export function machineChecksOn(
  dump: Dump,
  stack: StackRange,
  cpu: number,
): readonly MachineCheck[] {
  const found: MachineCheck[] = [];
  const size = BigInt(dump.types.sizeOf(mceShape.struct) ?? 0);
  if (size === 0n) return found;
  for (let at: bigint = stack.low; at + size <= stack.high; at += 8n) {
    const check = new MachineCheck(dump, virtual(at));
    if (isRecord(check, cpu)) found.push(check);
  }
  return found;
}

function isRecord(check: MachineCheck, cpu: number): boolean {
  const status = check.word('status');
  if (isFault(status) || (status & UNCORRECTED) !== UNCORRECTED) return false;
  const machine = check.word('machineStatus');
  const bank = check.number('bank');
  return (
    !isFault(machine) &&
    (machine & IN_PROGRESS) !== 0n &&
    machine < 16n &&
    !isFault(bank) &&
    bank < MOST_BANKS &&
    check.number('cpu') === cpu
  );
}
