// Where stacks lie: a task's own, and those that a CPU switches to for interrupts and exceptions.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import type { Task } from './task.ts';

/**
 * `irq` serves softirqs too on this machine. `df`, `nmi`, `db`, `mce`, `vc`, `vc2` are the exception
 * stacks (double fault, NMI, debug, machine check, SEV-ES's VC); `entry` is the trampoline from user mode.
 */
export type StackName =
  | 'task'
  | 'irq'
  | 'nmi'
  | 'df'
  | 'db'
  | 'mce'
  | 'vc'
  | 'vc2'
  | 'entry'
  | 'unknown';

/** Where a stack lies. */
export interface StackRange {
  readonly name: StackName;
  /** Lowest address. */
  readonly low: VirtualAddress;
  /** One past the highest: where the stack starts to grow down from. */
  readonly high: VirtualAddress;
}

export const isOn = (stack: StackRange, address: bigint): boolean =>
  address >= stack.low && address < stack.high;

const PAGE = 4096n;
const DEFAULT_THREAD_SIZE = 16384;

/**
 * Bytes of every task's stack (THREAD_SIZE): 16 KiB, twice that and more with KASAN
 * (arch/x86/include/asm/page_64_types.h). The first task's stack lies between two symbols.
 */
export const threadSize = (dump: Dump): number =>
  dump.memo(threadSize, () => {
    // include/asm-generic/vmlinux.lds.h: INIT_TASK_DATA; `…_task` in 5.10 and 6.1, `…_stack` in 6.12 and 7.2.
    for (const [from, to] of [
      ['__start_init_stack', '__end_init_stack'],
      ['__start_init_task', '__end_init_task'],
    ] as const) {
      const start = dump.symbol(from);
      const end = dump.symbol(to);
      if (isFault(start) || isFault(end)) continue;
      const size = Number(BigInt.asIntN(64, end - start));
      if ([8192, 16384, 32768, 65536].includes(size)) return size;
    }
    return DEFAULT_THREAD_SIZE;
  });

/** A task's own stack; undefined when it has none any more (a zombie's was given back). */
export function taskStack(task: Task): StackRange | Fault | undefined {
  const low = task.stack;
  if (isFault(low)) return low;
  if (low === 0n) return undefined;
  return { name: 'task', low, high: virtual(low + BigInt(threadSize(task.dump))) };
}

/** The stacks of a CPU, as far as they can be found. */
export function cpuStacks(dump: Dump, cpu: number): readonly StackRange[] {
  return dump.memo(`stacks of CPU ${cpu}`, () => {
    const irq = irqStack(dump, cpu);
    return [...(irq ? [irq] : []), ...exceptionStacks(dump, cpu)];
  });
}

/**
 * `hardirq_stack_ptr` points to the topmost word of the stack (arch/x86/kernel/irq_64.c; a member of
 * `pcpu_hot` in 6.12, neither in 6.1 nor in 7.2).
 */
function irqStack(dump: Dump, cpu: number): StackRange | undefined {
  const member = dump.types.member('pcpu_hot', 'hardirq_stack_ptr');
  const hot = member ? dump.perCpu('pcpu_hot', cpu) : undefined;
  const slot =
    member && hot !== undefined && !isFault(hot)
      ? virtual(hot + BigInt(member.offset))
      : dump.perCpu('hardirq_stack_ptr', cpu);
  const top = isFault(slot) ? slot : dump.memory.pointer(slot);
  if (isFault(top) || top < PAGE) return undefined;
  const high = virtual(((top + PAGE - 1n) / PAGE) * PAGE);
  const size = BigInt(dump.types.sizeOf('irq_stack') ?? threadSize(dump));
  return { name: 'irq', low: virtual(high - size), high };
}

/** Members of `struct cea_exception_stacks`: arch/x86/include/asm/cpu_entry_area.h (5.10 to 7.2). */
const EXCEPTION_STACKS = [
  ['df', 'DF_stack'],
  ['nmi', 'NMI_stack'],
  ['db', 'DB_stack'],
  ['mce', 'MCE_stack'],
  ['vc', 'VC_stack'],
  ['vc2', 'VC2_stack'],
] as const;

function exceptionStacks(dump: Dump, cpu: number): StackRange[] {
  const slot = dump.perCpu('cea_exception_stacks', cpu);
  const base = isFault(slot) ? slot : dump.memory.pointer(slot);
  if (isFault(base) || base === 0n) return [];
  const found: StackRange[] = [];
  const add = (name: StackName, low: bigint, size: number) => {
    if (size > 0) found.push({ name, low: virtual(low), high: virtual(low + BigInt(size)) });
  };
  for (const [name, path] of EXCEPTION_STACKS) {
    const member = dump.types.member('cea_exception_stacks', path);
    if (member) add(name, base + BigInt(member.offset), member.size);
  }
  // The exception stacks are a part of the CPU's entry area; the trampoline stack is another.
  const estacks = dump.types.member('cpu_entry_area', 'estacks');
  const entry = dump.types.member('cpu_entry_area', 'entry_stack_page');
  if (estacks && entry)
    add('entry', base - BigInt(estacks.offset) + BigInt(entry.offset), entry.size);
  return found;
}
