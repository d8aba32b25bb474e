// The registers of an x86-64 CPU, and the layouts they are stored in.
import { Cursor } from '../../bytes/cursor.ts';

/** General registers, instruction pointer, flags, and the selectors that tell user from kernel mode. */
export interface Registers {
  readonly r15: bigint;
  readonly r14: bigint;
  readonly r13: bigint;
  readonly r12: bigint;
  readonly bp: bigint;
  readonly bx: bigint;
  readonly r11: bigint;
  readonly r10: bigint;
  readonly r9: bigint;
  readonly r8: bigint;
  readonly ax: bigint;
  readonly cx: bigint;
  readonly dx: bigint;
  readonly si: bigint;
  readonly di: bigint;
  /** The number of the system call, an error code, or −1: what the entry code left there. */
  readonly origAx: bigint;
  readonly ip: bigint;
  readonly cs: bigint;
  readonly flags: bigint;
  readonly sp: bigint;
  readonly ss: bigint;
}

/** `struct pt_regs`: 21 words in this order. arch/x86/include/asm/ptrace.h (5.10 to 7.2). */
export const PT_REGS = [
  'r15',
  'r14',
  'r13',
  'r12',
  'bp',
  'bx',
  'r11',
  'r10',
  'r9',
  'r8',
  'ax',
  'cx',
  'dx',
  'si',
  'di',
  'origAx',
  'ip',
  'cs',
  'flags',
  'sp',
  'ss',
] as const satisfies readonly (keyof Registers)[];

/** Bytes of a `struct pt_regs`. */
export const PT_REGS_SIZE = PT_REGS.length * 8;

/** Where the part begins that the CPU itself pushes: ip, cs, flags, sp, ss. */
export const IRET_FRAME_OFFSET = PT_REGS.indexOf('ip') * 8;

/** @returns undefined when there are not enough bytes */
export function parsePtRegs(bytes: Uint8Array): Registers | undefined {
  const cursor = new Cursor(bytes);
  if (bytes.length < PT_REGS_SIZE) return undefined;
  const words = PT_REGS.map((name, i) => [name, cursor.u64(i * 8) as bigint]);
  return Object.fromEntries(words) as unknown as Registers;
}

/** Privilege level 3 in the code segment's selector. */
export const isUserMode = (registers: { readonly cs: bigint }): boolean =>
  (registers.cs & 3n) === 3n;

/** What an NT_PRSTATUS note says of a CPU. */
export interface CpuNote {
  /** Of the task that was executing; 0 when it idled. A hypervisor writes CPU number + 1. */
  readonly pid: number;
  readonly registers: Registers;
}

/**
 * `struct elf_prstatus` without its trailing pr_fpvalid: pr_pid at 32, pr_reg at 112 in the order of
 * pt_regs. include/linux/elfcore.h, arch/x86/include/asm/elf.h (5.10 to 7.2).
 */
export function parsePrstatus(desc: Uint8Array): CpuNote | undefined {
  const pid = new Cursor(desc).i32(32);
  const registers = parsePtRegs(desc.subarray(112));
  return pid === undefined || !registers ? undefined : { pid, registers };
}

/** What QEMU's own note adds to a CPU's registers. */
export interface QemuNote {
  readonly registers: Registers;
  /** Base of the per-CPU area the kernel had in use: of gs in kernel mode, else what swapgs would load. */
  readonly perCpuBase: bigint;
}

const QEMU_NOTE_SIZE = 440;
const QEMU_REGISTERS = [
  'ax',
  'bx',
  'cx',
  'dx',
  'si',
  'di',
  'sp',
  'bp',
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'r13',
  'r14',
  'r15',
  'ip',
  'flags',
] as const satisfies readonly (keyof Registers)[];
/** Segments follow: selector at 0, base at 16 of each 24 bytes; in the order cs ds es fs gs ss ldt tr gdt idt. */
const QEMU_SEGMENTS = 8 + QEMU_REGISTERS.length * 8;
const segmentAt = (index: number): number => QEMU_SEGMENTS + index * 24;

/** The note `QEMU` of version 1: target/i386/arch_dump.c of QEMU (5.0 and later have kernel_gs_base). */
export function parseQemuNote(desc: Uint8Array): QemuNote | undefined {
  const cursor = new Cursor(desc);
  if (cursor.u32(0) !== 1 || desc.length < QEMU_NOTE_SIZE) return undefined;
  const words = QEMU_REGISTERS.map((name, i) => [name, cursor.u64(8 + i * 8) as bigint]);
  const named = Object.fromEntries(words) as Pick<Registers, (typeof QEMU_REGISTERS)[number]>;
  const cs = BigInt(cursor.u32(segmentAt(0)) as number);
  const ss = BigInt(cursor.u32(segmentAt(5)) as number);
  const registers: Registers = { ...named, cs, ss, origAx: 0xffff_ffff_ffff_ffffn };
  const gsBase = cursor.u64(segmentAt(4) + 16) as bigint;
  const kernelGsBase = cursor.u64(432) as bigint;
  return { registers, perCpuBase: isUserMode(registers) ? kernelGsBase : gsBase };
}
