// Return addresses that a tracer replaced, and where it keeps the real ones.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';

const tracedTaskShape = shape('task_struct', {
  retStack: ['ret_stack'],
  // Since 54ecbe6f1ed5 ("rethook: Add a generic return hook", v5.18).
  rethooks: ['rethooks.first'],
  // From d741bf41d7c7 ("kprobes: Remove kretprobe hash", v5.11) on, where kretprobes do not use rethooks.
  kretprobes: ['kretprobe_instances.first'],
});

class TracedTask extends View<keyof typeof tracedTaskShape.fields> {
  protected readonly shape = tracedTaskShape;
}

/** Functions whose address stands on a stack in place of a return address. arch/x86/kernel/{ftrace_64.S,rethook.c,kprobes/core.c} */
const TRAMPOLINES = {
  graph: ['return_to_handler'],
  hook: ['arch_rethook_trampoline', '__kretprobe_trampoline', 'kretprobe_trampoline'],
} as const;

/** Bytes of a task's `ret_stack`: 50 entries of at most 48 bytes, or a page (kernel/trace/fgraph.c). */
const RET_STACK_SIZE = 4096;
/** Hooks of one task that are looked through: one for every function entered and not yet left. */
const MAX_HOOKS = 256;

/**
 * The return address that a tracer took away.
 *
 * @param slot where on the stack the trampoline's address stands
 * @returns undefined when `pc` is no trampoline; null when the original cannot be found
 */
export function replacedReturn(
  dump: Dump,
  task: VirtualAddress | undefined,
  pc: VirtualAddress,
  slot: VirtualAddress,
): VirtualAddress | null | undefined {
  const kind = trampolines(dump).get(pc);
  if (!kind) return undefined;
  if (task === undefined) return null;
  const traced = new TracedTask(dump, task);
  return (kind === 'graph' ? fromRetStack(traced, slot) : fromHooks(traced, slot)) ?? null;
}

const trampolines = (dump: Dump): ReadonlyMap<VirtualAddress, 'graph' | 'hook'> =>
  dump.memo(trampolines, () => {
    const found = new Map<VirtualAddress, 'graph' | 'hook'>();
    for (const kind of ['graph', 'hook'] as const)
      for (const name of TRAMPOLINES[kind]) {
        const at = dump.symbol(name);
        if (!isFault(at)) found.set(at, kind);
      }
    return found;
  });

/**
 * The function graph tracer's shadow stack: `struct ftrace_ret_stack` with the slot in `retp`. Its
 * entries lie side by side up to 6.10, later with other words between: the slot itself is what is sought.
 */
function fromRetStack(task: TracedTask, slot: VirtualAddress): VirtualAddress | undefined {
  const { dump } = task;
  const retp = dump.types.member('ftrace_ret_stack', 'retp');
  const ret = dump.types.member('ftrace_ret_stack', 'ret');
  const base = task.pointer('retStack');
  if (!retp || !ret || isFault(base) || base === 0n) return undefined;
  for (let at = 0; at < RET_STACK_SIZE; at += 8) {
    const word = dump.memory.u64(virtual(base + BigInt(at)));
    if (isFault(word)) return undefined;
    if (word !== slot) continue;
    const found = dump.memory.pointer(virtual(base + BigInt(at - retp.offset + ret.offset)));
    return isFault(found) ? undefined : found;
  }
  return undefined;
}

/** `struct rethook_node` or, from 5.11 where there are none, `struct kretprobe_instance`: a list on the task. */
function fromHooks(task: TracedTask, slot: VirtualAddress): VirtualAddress | undefined {
  const { dump } = task;
  const isRethook = task.has('rethooks');
  const struct = isRethook ? 'rethook_node' : 'kretprobe_instance';
  const link = dump.types.member(struct, 'llist');
  const frame = dump.types.member(struct, isRethook ? 'frame' : 'fp');
  const ret = dump.types.member(struct, 'ret_addr');
  let node = task.pointer(isRethook ? 'rethooks' : 'kretprobes');
  if (!link || !frame || !ret) return undefined;
  for (let i = 0; i < MAX_HOOKS && !isFault(node) && node !== 0n; i++) {
    const hook = virtual(node - BigInt(link.offset));
    const at = dump.memory.u64(virtual(hook + BigInt(frame.offset)));
    if (at === slot) {
      const found = dump.memory.pointer(virtual(hook + BigInt(ret.offset)));
      if (isFault(found)) return undefined;
      // Two hooks on one call: the second one found the first one's trampoline there.
      if (!trampolines(dump).has(found)) return found;
    }
    node = dump.memory.pointer(node);
  }
  return undefined;
}
