// The registers of each CPU when the dump was taken: from the kernel's own notes, or the dump file's.
import {
  type CpuNote,
  isUserMode,
  parsePrstatus,
  parseQemuNote,
  type Registers,
} from '../arch/x86_64/registers.ts';
import { virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { parseNotes } from '../formats/notes.ts';
import type { Dump } from '../types/dump.ts';
import { cpuStacks, isOn, taskStack } from './cpu-stacks.ts';
import { currentTask, onlineCpus } from './cpus.ts';

export interface CpuRegisters {
  readonly registers: Registers;
  /**
   * `kernel`: the crashing kernel saved them (crash_save_cpu), and the CPU went on after that.
   * `hypervisor`: the whole machine was stopped there, from outside.
   */
  readonly from: 'kernel' | 'hypervisor';
}

/** By CPU number; a CPU of which nothing is known has no entry. */
export const cpuRegisters = (dump: Dump): ReadonlyMap<number, CpuRegisters> =>
  dump.memo(cpuRegisters, () => {
    const found = new Map<number, CpuRegisters>();
    for (const cpu of onlineCpus(dump)) {
      const registers = savedByKernel(dump, cpu);
      if (registers) found.set(cpu, { registers, from: 'kernel' });
    }
    fromQemu(dump, found);
    fromNotes(dump, found);
    return found;
  });

/** ELF note type of `struct elf_prstatus`: include/uapi/linux/elf.h */
const NT_PRSTATUS = 1;
/** The header, the name CORE, the 336 bytes of an elf_prstatus, an empty note; rounded up. */
const NOTE_BYTES = 512;

/**
 * `crash_notes`: a per-CPU buffer that crash_save_cpu fills with the very note that kdump puts in the
 * file. kernel/kexec_core.c (5.10, 6.1), kernel/crash_core.c (6.12, 7.2).
 */
function savedByKernel(dump: Dump, cpu: number): Registers | undefined {
  const pointer = dump.symbol('crash_notes');
  const base = isFault(pointer) ? pointer : dump.memory.pointer(pointer);
  const at = isFault(base) || base === 0n ? undefined : dump.perCpuAddress(base, cpu);
  if (at === undefined || isFault(at)) return undefined;
  const bytes = dump.memory.read(at, NOTE_BYTES);
  if (isFault(bytes)) return undefined;
  const note = parseNotes(bytes).find((n) => n.name === 'CORE' && n.type === NT_PRSTATUS);
  const status = note && parsePrstatus(note.desc);
  return status && isPlausible(status.registers) ? status.registers : undefined;
}

/** QEMU's notes are in its own CPU order; the per-CPU base in each says which CPU of the kernel's it is. */
function fromQemu(dump: Dump, found: Map<number, CpuRegisters>): void {
  const offsets = dump.symbol('__per_cpu_offset');
  if (isFault(offsets)) return;
  for (const { name, desc } of dump.source.notes) {
    const note = name === 'QEMU' ? parseQemuNote(desc) : undefined;
    if (!note || !isPlausible(note.registers)) continue;
    const cpu = onlineCpus(dump).find(
      (cpu) => dump.memory.u64(virtual(offsets + BigInt(cpu) * 8n)) === note.perCpuBase,
    );
    if (cpu !== undefined && !found.has(cpu))
      found.set(cpu, { registers: note.registers, from: 'hypervisor' });
  }
}

/**
 * NT_PRSTATUS notes carry no CPU number, and an offline CPU has none: each goes to the CPU whose stacks
 * hold its stack pointer, else whose task has its pid. What is left over goes in order when it comes
 * out even.
 */
function fromNotes(dump: Dump, found: Map<number, CpuRegisters>): void {
  const notes = dump.source.notes
    .filter((note) => note.name === 'CORE' && note.type === NT_PRSTATUS)
    .map((note) => parsePrstatus(note.desc))
    .filter((note) => note !== undefined && isPlausible(note.registers)) as CpuNote[];
  const from = dump.source.notes.some((note) => note.name === 'QEMU') ? 'hypervisor' : 'kernel';
  const left = new Set(notes);
  const take = (matches: (cpu: number, note: CpuNote) => boolean) => {
    for (const cpu of onlineCpus(dump)) {
      if (found.has(cpu)) continue;
      const fitting = [...left].filter((note) => matches(cpu, note));
      const [note] = fitting;
      if (!note || fitting.length > 1) continue;
      left.delete(note);
      found.set(cpu, { registers: note.registers, from });
    }
  };
  if (onlineCpus(dump).every((cpu) => found.has(cpu))) return;
  take(
    (cpu, note) => !isUserMode(note.registers) && ownsStackPointer(dump, cpu, note.registers.sp),
  );
  take((cpu, note) => note.pid !== 0 && currentPid(dump, cpu) === note.pid);
  const open = onlineCpus(dump).filter((cpu) => !found.has(cpu));
  if (open.length !== left.size) return;
  for (const [i, note] of [...left].entries())
    found.set(open[i] as number, { registers: note.registers, from });
}

/** A buffer that was never filled, or a CPU that was never started, has no ip. */
const isPlausible = ({ ip, sp }: Registers): boolean => ip !== 0n || sp !== 0n;

function ownsStackPointer(dump: Dump, cpu: number, sp: bigint): boolean {
  if (cpuStacks(dump, cpu).some((stack) => isOn(stack, sp))) return true;
  const task = currentTask(dump, cpu);
  const stack = isFault(task) ? undefined : taskStack(task);
  return stack !== undefined && !isFault(stack) && isOn(stack, sp);
}

function currentPid(dump: Dump, cpu: number): number | undefined {
  const task = currentTask(dump, cpu);
  const pid = isFault(task) ? task : task.pid;
  return isFault(pid) ? undefined : pid;
}
