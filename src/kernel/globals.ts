// Global variables, typed by hand: BTF types per-CPU variables only, and none at all on 5.10.
//
// Every line was compared with the debug information of Debian's 5.10.262, 6.1.192, 6.12.117 and 7.2.13 kernels;
// a variable whose type differs between them is not here, its reader asks for its shape. What is read is checked
// against the room the symbol has and against what the variable can hold: a mistyped variable is silent otherwise.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';

interface Scalar {
  readonly size: 1 | 4 | 8;
  readonly signed: boolean;
}

/** C types of scalars, as the sources spell them. */
const scalars = {
  bool: { size: 1, signed: false },
  int: { size: 4, signed: true },
  'unsigned int': { size: 4, signed: false },
  atomic_t: { size: 4, signed: true },
  'enum system_states': { size: 4, signed: false },
  'unsigned long': { size: 8, signed: false },
  u64: { size: 8, signed: false },
  size_t: { size: 8, signed: false },
  atomic_long_t: { size: 8, signed: true },
} as const satisfies Record<string, Scalar>;

interface NumberGlobal {
  readonly type: keyof typeof scalars;
  /** What the variable can hold, where less than its type can. */
  readonly range?: readonly [lowest: number, highest: number];
}

/** CPU numbers: CONFIG_NR_CPUS is at most 8,192 on x86-64. */
const CPU_OR_NONE = [-1, 8191] as const;
const MAX_PIDS = 1 << 22;

/** Variables that are numbers. */
export const numbers = {
  // `volatile`, and on x86-64 the same word as jiffies_64: include/linux/jiffies.h.
  jiffies: { type: 'unsigned long' },
  jiffies_64: { type: 'u64' },
  total_forks: { type: 'unsigned long', range: [0, 2 ** 48] },
  nr_threads: { type: 'int', range: [0, MAX_PIDS] },
  nr_cpu_ids: { type: 'unsigned int', range: [1, 8192] },
  tainted_mask: { type: 'unsigned long', range: [0, 2 ** 32] },
  system_state: { type: 'enum system_states', range: [0, 10] },
  die_counter: { type: 'int', range: [0, 1 << 20] },
  panic_cpu: { type: 'atomic_t', range: CPU_OR_NONE },
  crashing_cpu: { type: 'int', range: CPU_OR_NONE },
  panic_on_oops: { type: 'int' },
  panic_on_warn: { type: 'int' },
  panic_timeout: { type: 'int' },
  oops_in_progress: { type: 'int' },
  watchdog_thresh: { type: 'int', range: [0, 60] },
  watchdog_enabled: { type: 'unsigned long', range: [0, 7] },
  watchdog_user_enabled: { type: 'int', range: [0, 1] },
  softlockup_panic: { type: 'unsigned int' },
  hardlockup_panic: { type: 'unsigned int' },
  sysctl_hung_task_timeout_secs: { type: 'unsigned long' },
  sysctl_hung_task_check_count: { type: 'int' },
  sysctl_hung_task_panic: { type: 'unsigned int' },
  sysctl_panic_on_rcu_stall: { type: 'int' },
  rcu_cpu_stall_timeout: { type: 'int', range: [0, 300] },
  sysctl_panic_on_oom: { type: 'int', range: [0, 2] },
  unknown_nmi_panic: { type: 'int' },
  panic_on_unrecovered_nmi: { type: 'int' },
  panic_on_io_nmi: { type: 'int' },
  // Microseconds; −1: no limit. `sysctl_sched_rt_period` is unsigned on 5.10, and never above 2^31.
  sysctl_sched_rt_runtime: { type: 'int', range: [-1, 2 ** 31] },
  sysctl_sched_rt_period: { type: 'int', range: [1, 2 ** 31] },
  sysctl_oom_kill_allocating_task: { type: 'int' },
  oom_victims: { type: 'atomic_t', range: [0, MAX_PIDS] },
  max_pfn: { type: 'unsigned long', range: [1, 2 ** 40] },
  _totalram_pages: { type: 'atomic_long_t', range: [1, 2 ** 40] },
  nr_swap_pages: { type: 'atomic_long_t' },
  tsc_khz: { type: 'unsigned int' },
  cpu_khz: { type: 'unsigned int' },
  loops_per_jiffy: { type: 'unsigned long' },
  page_offset_base: { type: 'unsigned long' },
  vmalloc_base: { type: 'unsigned long' },
  vmemmap_base: { type: 'unsigned long' },
  lookup_num_blocks: { type: 'unsigned int', range: [0, 1 << 24] },
  vmcoreinfo_size: { type: 'size_t', range: [0, 1 << 20] },
} as const satisfies Record<string, NumberGlobal>;

/** Variables that are pointers, and to what. */
export const pointers = {
  btf_vmlinux: 'struct btf',
  prb: 'struct printk_ringbuffer',
  saved_command_line: 'char',
  vmcoreinfo_data: 'unsigned char',
  inode_hashtable: 'struct hlist_head',
  mount_hashtable: 'struct hlist_head',
  curr_clocksource: 'struct clocksource',
  root_mem_cgroup: 'struct mem_cgroup',
  vmap_nodes: 'struct vmap_node',
  log_buf: 'char',
  mem_section: 'struct mem_section *',
  kexec_crash_image: 'struct kimage',
} as const;

/** Variables that are structs: the type's name, as BTF has it. */
export const structs = {
  init_task: 'task_struct',
  init_mm: 'mm_struct',
  init_uts_ns: 'uts_namespace',
  init_pid_ns: 'pid_namespace',
  init_fs: 'fs_struct',
  init_net: 'net',
  iomem_resource: 'resource',
  crashk_res: 'resource',
  psi_system: 'psi_group',
  rcu_state: 'rcu_state',
  root_task_group: 'task_group',
  def_root_domain: 'root_domain',
  cgrp_dfl_root: 'cgroup_root',
  global_trace: 'trace_array',
  worker_pool_idr: 'idr',
  prog_idr: 'idr',
  console_sem: 'semaphore',
  panic_notifier_list: 'atomic_notifier_head',
  rtnl_mutex: 'mutex',
  slab_mutex: 'mutex',
  oom_lock: 'mutex',
  wq_pool_mutex: 'mutex',
  // The irq descriptors by number: `irq_desc_tree` to 6.1, `sparse_irqs` on 6.12 and later.
  sparse_irqs: 'maple_tree',
  irq_desc_tree: 'xarray',
  modules: 'list_head',
  btf_modules: 'list_head',
  slab_caches: 'list_head',
  super_blocks: 'list_head',
  workqueues: 'list_head',
  task_groups: 'list_head',
  cgroup_roots: 'list_head',
  net_namespace_list: 'list_head',
  ftrace_trace_arrays: 'list_head',
  clocksource_list: 'list_head',
  vmap_area_list: 'list_head',
  __cpu_online_mask: 'cpumask',
  __cpu_possible_mask: 'cpumask',
  __cpu_present_mask: 'cpumask',
  __cpu_active_mask: 'cpumask',
} as const;

/** Per-CPU variables: what 5.10 has no type for at all, and what they are elsewhere, too. */
export const perCpuStructs = {
  runqueues: 'rq',
  cpu_info: 'cpuinfo_x86',
  kernel_cpustat: 'kernel_cpustat',
  hrtimer_bases: 'hrtimer_cpu_base',
  tick_cpu_sched: 'tick_sched',
  rcu_data: 'rcu_data',
} as const;

/** A number as it is: what masks and addresses need. */
export function globalWord(dump: Dump, name: keyof typeof numbers): bigint | Fault {
  const { type, range }: NumberGlobal = numbers[name];
  const { size, signed }: Scalar = scalars[type];
  const at = placeOf(dump, name, size);
  if (isFault(at)) return at;
  const bytes = dump.memory.read(at, size);
  if (isFault(bytes)) return bytes;
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
  if (signed) value = BigInt.asIntN(size * 8, value);
  if (range && (value < BigInt(range[0]) || value > BigInt(range[1])))
    return new Fault('implausible', at, `${name} is ${value}`);
  return value;
}

/** A number; 64-bit ones lose their lowest bits beyond 2^53. */
export function globalNumber(dump: Dump, name: keyof typeof numbers): number | Fault {
  const value = globalWord(dump, name);
  return isFault(value) ? value : Number(value);
}

/** What a pointer variable points at; 0n for NULL. */
export function globalPointer(dump: Dump, name: keyof typeof pointers): VirtualAddress | Fault {
  const at = placeOf(dump, name, 8);
  if (isFault(at)) return at;
  const value = dump.memory.pointer(at);
  if (isFault(value) || value === 0n) return value;
  if (value >> 63n === 0n || !dump.paging.isCanonical(value))
    return new Fault('implausible', at, `${name} is ${value.toString(16)}`);
  return value;
}

/** Where a struct variable lies. A list head is checked: its neighbour must point back. */
export function globalStruct(dump: Dump, name: keyof typeof structs): VirtualAddress | Fault {
  const struct = structs[name];
  const at = placeOf(dump, name, dump.types.sizeOf(struct) ?? 0);
  if (isFault(at) || struct !== 'list_head') return at;
  const next = dump.memory.pointer(at);
  const back = isFault(next) ? next : dump.memory.pointer(virtual(next + 8n));
  // A neighbour that is not in the dump denies nothing.
  if (isFault(next) || isFault(back) || back === at) return at;
  return new Fault('implausible', at, `${name} is no list`);
}

/** Where one CPU's copy of a per-CPU struct lies. */
export function perCpuStruct(
  dump: Dump,
  name: keyof typeof perCpuStructs,
  cpu: number,
): VirtualAddress | Fault {
  const at = placeOf(dump, name, dump.types.sizeOf(perCpuStructs[name]) ?? 0);
  return isFault(at) ? at : dump.perCpuAddress(at, cpu);
}

/**
 * The core timekeeper: `struct timekeeper`. To 6.12 it lies in `tk_core`, whose struct has no name and hence no
 * type: a seqcount padded to 8 bytes, then the timekeeper. On 7.2 in the first `struct tk_data`:
 * kernel/time/timekeeping.c (5.10, 6.12, 7.2).
 */
export function timekeeper(dump: Dump): VirtualAddress | Fault {
  const data = dump.symbol('timekeeper_data');
  // Not asked for where it cannot be: to find that a type is missing, all types have to be read.
  const inData = isFault(data) ? undefined : dump.types.member('tk_data', 'timekeeper');
  const core = dump.symbol('tk_core');
  const at =
    !isFault(data) && inData
      ? virtual(data + BigInt(inData.offset))
      : isFault(core)
        ? core
        : virtual(core + 8n);
  if (isFault(at)) return at;
  const seconds = dump.types.member('timekeeper', 'xtime_sec');
  if (!seconds) return new Fault('no-member', at, 'timekeeper.xtime_sec');
  const now = dump.memory.u64(virtual(at + BigInt(seconds.offset)));
  if (isFault(now)) return now;
  // 2100 at the latest; a machine without a clock starts at 1970.
  if (now > 4_102_444_800n) return new Fault('implausible', at, `xtime_sec is ${now}`);
  return at;
}

/** What is known of a global's type: a C type name, and how often one has to follow it. */
export interface GlobalType {
  /** As C spells it: `int`, `struct task_struct`. */
  readonly type: string;
  readonly isPointer: boolean;
}

/** The type of a variable of this list; undefined when it is not in it. */
export function globalType(name: string): GlobalType | undefined {
  const number = own(numbers, name);
  if (number) return { type: number.type, isPointer: false };
  const pointer = own(pointers, name);
  if (pointer) return { type: pointer, isPointer: true };
  const struct = own(structs, name) ?? own(perCpuStructs, name);
  return struct && { type: `struct ${struct}`, isPointer: false };
}

function own<T extends object>(table: T, name: string): T[keyof T] | undefined {
  return Object.hasOwn(table, name) ? table[name as keyof T] : undefined;
}

/** A symbol of the kernel proper with room for what it is said to be. */
function placeOf(dump: Dump, name: string, size: number): VirtualAddress | Fault {
  const symbol = dump.symbols.lookup(name, null);
  if (!symbol) return new Fault('no-symbol', undefined, name);
  if (symbol.size > 0 && symbol.size < size)
    return new Fault('implausible', symbol.address, `${name} has room for ${symbol.size} bytes`);
  return symbol.address;
}
