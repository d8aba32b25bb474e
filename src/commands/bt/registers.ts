// Saved registers: as data, and as crash's block of them.
import type { VirtualAddress } from '../../bytes/address.ts';
import { hex } from '../../print/hex.ts';
import type { ExceptionFrame } from '../../stacks/state.ts';
import type { Text } from '../../stacks/text.ts';

/** Values by register name in crash's spelling, lower case (`rip`, `orig_rax`); null: not saved there. */
export interface BtRegisters {
  rip: string | null;
  rsp: string | null;
  rflags: string | null;
  rax: string | null;
  rbx: string | null;
  rcx: string | null;
  rdx: string | null;
  rsi: string | null;
  rdi: string | null;
  rbp: string | null;
  r8: string | null;
  r9: string | null;
  r10: string | null;
  r11: string | null;
  r12: string | null;
  r13: string | null;
  r14: string | null;
  r15: string | null;
  orig_rax: string | null;
  cs: string | null;
  ss: string | null;
}

export interface BtException {
  /** By the entry code that saved the registers; `unknown` when it was found by -e. */
  kind: 'fault' | 'interrupt' | 'nmi' | 'syscall' | 'unknown';
  /** The processor's number of the exception (14: page fault); null for interrupts and system calls. */
  vector: number | null;
  /** `page fault`, … */
  name: string | null;
  /** Where the entry code left one: it overwrites the error code of a fault with −1 before the handler runs. */
  errorCode: string | null;
  mode: 'user' | 'kernel';
  /** Where the saved registers lie. */
  address: string;
  /** What was interrupted. */
  symbol: string | null;
  offset: number | null;
  module: string | null;
  registers: BtRegisters;
}

/** Vectors by the name of the entry code without `asm_`: arch/x86/include/asm/{idtentry,trapnr}.h (6.12). */
const FAULTS: Readonly<Record<string, readonly [vector: number, name: string]>> = {
  exc_divide_error: [0, 'divide error'],
  exc_debug: [1, 'debug'],
  exc_int3: [3, 'breakpoint'],
  exc_overflow: [4, 'overflow'],
  exc_bounds: [5, 'bound range exceeded'],
  exc_invalid_op: [6, 'invalid opcode'],
  exc_device_not_available: [7, 'device not available'],
  exc_double_fault: [8, 'double fault'],
  exc_coproc_segment_overrun: [9, 'coprocessor segment overrun'],
  exc_invalid_tss: [10, 'invalid TSS'],
  exc_segment_not_present: [11, 'segment not present'],
  exc_stack_segment: [12, 'stack segment fault'],
  exc_general_protection: [13, 'general protection fault'],
  exc_page_fault: [14, 'page fault'],
  exc_coprocessor_error: [16, 'x87 exception'],
  exc_alignment_check: [17, 'alignment check'],
  exc_machine_check: [18, 'machine check'],
  exc_simd_coprocessor_error: [19, 'SIMD exception'],
  exc_control_protection: [21, 'control protection'],
  exc_vmm_communication: [29, 'VMM communication'],
};

/** The NMI's own entry, and where one goes on that came during another: arch/x86/entry/entry_64.S (5.10 to 6.12). */
const NMI_ENTRIES = ['exc_nmi', 'end_repeat_nmi'];

const word = (value: bigint | undefined): string | null =>
  value === undefined ? null : hex(value);

/** Written out: it is done for nearly every task of a machine. */
export const registersData = (saved: ExceptionFrame['registers']): BtRegisters => ({
  rip: hex(saved.ip),
  rsp: hex(saved.sp),
  rflags: hex(saved.flags),
  rax: word(saved.ax),
  rbx: word(saved.bx),
  rcx: word(saved.cx),
  rdx: word(saved.dx),
  rsi: word(saved.si),
  rdi: word(saved.di),
  rbp: word(saved.bp),
  r8: word(saved.r8),
  r9: word(saved.r9),
  r10: word(saved.r10),
  r11: word(saved.r11),
  r12: word(saved.r12),
  r13: word(saved.r13),
  r14: word(saved.r14),
  r15: word(saved.r15),
  orig_rax: word(saved.origAx),
  cs: hex(saved.cs),
  ss: hex(saved.ss),
});

/** @param entry the function that saved the registers; undefined when nothing tells */
export function exceptionData(
  text: Text,
  frame: ExceptionFrame,
  entry: string | undefined,
): BtException {
  const { registers, isUser } = frame;
  const ip = registers.ip as VirtualAddress;
  const place = isUser ? undefined : text.at(ip);
  const what = classify(entry);
  const code = registers.origAx;
  const isCode = what.kind === 'fault' && code !== undefined && BigInt.asIntN(64, code) !== -1n;
  return {
    ...what,
    errorCode: isCode ? hex(code) : null,
    mode: isUser ? 'user' : 'kernel',
    address: hex(frame.address),
    symbol: place?.symbol ?? null,
    offset: place?.offset ?? null,
    module: place?.module ?? null,
    registers: registersData(registers),
  };
}

type What = Pick<BtException, 'kind' | 'vector' | 'name'>;

const known = new Map<string | undefined, What>();

/** By name alone, so that one table serves all dumps. */
function classify(entry: string | undefined): What {
  let what = known.get(entry);
  if (!what) {
    what = whatIs(entry?.replace(/^asm_/, '') ?? '');
    known.set(entry, what);
  }
  return what;
}

function whatIs(name: string): What {
  const fault = FAULTS[name] ?? FAULTS[name.replace(/^noist_/, '')];
  if (fault) return { kind: 'fault', vector: fault[0], name: fault[1] };
  if (NMI_ENTRIES.includes(name)) return { kind: 'nmi', vector: 2, name: 'NMI' };
  if (name.startsWith('entry_SYS')) return { kind: 'syscall', vector: null, name: 'system call' };
  if (name.startsWith('sysvec_')) return { kind: 'interrupt', vector: null, name: name.slice(7) };
  if (/interrupt/.test(name)) return { kind: 'interrupt', vector: null, name: 'device interrupt' };
  return { kind: 'unknown', vector: null, name: null };
}

/** `[exception RIP: parcel_check+28]`, for an address in the kernel. */
export const exceptionRip = ({ mode, symbol, offset }: BtException): string => {
  if (mode === 'user') return 'user space';
  if (symbol === null) return 'unknown or invalid address';
  return `${symbol}${offset ? `+${offset}` : ''}`;
};

/** An address of answer data as 16 digits. */
export const pad16 = (address: string): string => address.slice(2).padStart(16, '0');

/** crash's block of registers: seven lines. */
export function* registerBlock(registers: BtRegisters): Generator<string> {
  const value = (name: keyof BtRegisters, digits = 16): string => {
    const found = registers[name];
    return found === null ? '?'.padStart(digits) : pad16(found).slice(-digits);
  };
  yield `    RIP: ${value('rip')}  RSP: ${value('rsp')}  RFLAGS: ${value('rflags', 8)}`;
  yield `    RAX: ${value('rax')}  RBX: ${value('rbx')}  RCX: ${value('rcx')}`;
  yield `    RDX: ${value('rdx')}  RSI: ${value('rsi')}  RDI: ${value('rdi')}`;
  yield `    RBP: ${value('rbp')}   R8: ${value('r8')}   R9: ${value('r9')}`;
  yield `    R10: ${value('r10')}  R11: ${value('r11')}  R12: ${value('r12')}`;
  yield `    R13: ${value('r13')}  R14: ${value('r14')}  R15: ${value('r15')}`;
  yield `    ORIG_RAX: ${value('orig_rax')}  CS: ${value('cs', 4)}  SS: ${value('ss', 4)}`;
}
