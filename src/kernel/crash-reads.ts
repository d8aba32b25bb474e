// What crash reads before it shows its prompt, and stops without: a slim dump keeps these pages, so that crash opens it.
//
// Found by tracing crash 9.0.2 (`-d8`) on 5.10, 6.1 and 6.12 kernels. Of its reads those are here whose failure ends it, and
// those it names the machine by. Nothing here is an answer: what cannot be read is left out, as it is in the whole dump.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { possibleCpus } from './cpus.ts';
import { globalPointer } from './globals.ts';
import { listEntries } from './lib/list.ts';
import { type Module, modules } from './module.ts';
import { pidTasks } from './pid.ts';
import { allTasks } from './tasks.ts';

/** Variables, read as far as their symbols reach. */
const VARIABLES = [
  '__cpu_active_mask',
  '__cpu_online_mask',
  '__cpu_possible_mask',
  '__cpu_present_mask',
  '__per_cpu_offset',
  '_totalram_pages',
  'bus_kset',
  'crashing_cpu',
  'devices_kset',
  'high_memory',
  'huge_zero_pfn',
  'idt_table',
  'init_uts_ns',
  'jiffies_64',
  'linux_banner',
  'lookup_num_blocks',
  'memory_block_size_probed',
  'memory_subsys',
  'shadow_timekeeper',
  'timekeeper_data',
  'kmem_cache',
  'mem_section',
  'modules',
  'mt_pivots',
  'mt_slots',
  'node_data',
  'node_states',
  'nr_irqs',
  'nr_swapfiles',
  'nr_threads',
  'orc_lookup',
  'page_offset_base',
  'pageflag_names',
  'pv_info',
  'task_state_array',
  'vmalloc_base',
  'vmemmap_base',
  'xen_start_info',
  'zero_pfn',
];

/** Functions whose first bytes it disassembles, to see how the kernel was compiled. */
const FUNCTIONS = [
  '__ia32_sys_fork',
  '__schedule',
  '__x64_sys_open',
  '__x64_sys_read',
  'do_futex',
  'schedule',
  'sys_open',
  'vfs_read',
];

/** It has gdb disassemble far beyond the end of the function. */
const FUNCTION_BYTES = 16384;

/** Tables of names: the address of a string lies at `at` in every `size` bytes. */
const NAME_TABLES = [
  { name: 'task_state_array', size: 8, at: 0 },
  { name: 'pageflag_names', size: 16, at: 8 },
] as const;

/** Per-CPU variables, and the struct where its size tells more than the symbol's. */
const PER_CPU = [
  'cpu_number',
  'cpu_tss_rw',
  'hardirq_stack_ptr',
  'pcpu_hot',
  'current_task',
  'runqueues',
];

/** `orc_lookup` is the largest: four bytes for every 256 of code. */
const MAX_VARIABLE = 1 << 19;
/** arch/x86/include/asm/page_64_types.h (5.10 to 7.2), without KASAN. */
const THREAD_SIZE = 16384;
/** CONFIG_LOG_BUF_SHIFT is at most 25. init/Kconfig (6.12) */
const MAX_RING_BITS = 25;
/** Registers of 8 KiB (AMX) and a task_struct beside them fit four times. */
const MAX_TASK = 1 << 16;
const MAX_NODES = 1024;
/** 2^15 sections of 128 MiB; a root holds as many as fit in a page. arch/x86/include/asm/sparsemem.h, mm/sparse.c (6.12) */
const MAX_SECTION_ROOTS = 4096;
const MAX_ON_A_LIST = 4096;

/** Reads it all, for whoever records the pages. */
export function readAsCrash(dump: Dump): void {
  for (const name of VARIABLES) readVariable(dump, name, undefined);
  for (const name of FUNCTIONS) {
    const at = dump.symbol(name);
    if (!isFault(at)) readSpan(dump, at, FUNCTION_BYTES);
  }
  for (const table of NAME_TABLES) readNames(dump, table);
  for (const cpu of possibleCpus(dump)) {
    for (const name of PER_CPU) readVariable(dump, name, cpu);
    readExceptionStacks(dump, cpu);
  }
  readNodes(dump);
  readSections(dump);
  readMemoryBlocks(dump);
  for (const module of modules(dump)) readModule(module);
  readTasks(dump);
  readLogRing(dump);
}

/** A task's size with the registers that this processor saves in it. arch/x86/kernel/fpu/init.c (5.10 to 7.2) */
function archTaskSize(dump: Dump): number {
  const at = dump.symbol('arch_task_struct_size');
  const size = isFault(at) ? at : dump.memory.u32(at);
  return isFault(size) ? 0 : Math.min(size, MAX_TASK);
}

/** The rings of the log whole: our own reading stops at what was written. kernel/printk/printk_ringbuffer.h (5.10 to 7.2) */
function readLogRing(dump: Dump): void {
  const { types, memory } = dump;
  const pointer = globalPointer(dump, 'prb');
  if (isFault(pointer)) return;
  const word = (path: string): bigint => {
    const member = types.member('printk_ringbuffer', path);
    const value = member && memory.u64(virtual(pointer + BigInt(member.offset)));
    return value === undefined || isFault(value) ? 0n : value;
  };
  const bits = (path: string): number => {
    const member = types.member('printk_ringbuffer', path);
    const value = member && memory.u32(virtual(pointer + BigInt(member.offset)));
    return value === undefined || isFault(value) ? 0 : Math.min(value, MAX_RING_BITS);
  };
  const count = 2 ** bits('desc_ring.count_bits');
  readSpan(dump, virtual(word('desc_ring.descs')), count * (types.sizeOf('prb_desc') ?? 0));
  readSpan(dump, virtual(word('desc_ring.infos')), count * (types.sizeOf('printk_info') ?? 0));
  readSpan(dump, virtual(word('text_data_ring.data')), 2 ** bits('text_data_ring.size_bits'));
}

/** Each task whole, by the PID table too: crash goes that way. */
function readTasks(dump: Dump): void {
  const size = Math.max(dump.types.sizeOf('task_struct') ?? 0, archTaskSize(dump));
  const pidSize = dump.types.sizeOf('pid') ?? 0;
  const pid = dump.types.member('task_struct', 'thread_pid');
  for (const task of [...pidTasks(dump), ...allTasks(dump).tasks]) {
    readSpan(dump, task.address, size);
    const id = pid ? dump.memory.pointer(virtual(task.address + BigInt(pid.offset))) : 0n;
    if (!isFault(id) && id !== 0n) readSpan(dump, virtual(id), pidSize);
    // Its unwinder wants the whole stack; what lies below the last frame is stale, and packs well.
    const stack = task.pointer('stack');
    if (!isFault(stack) && stack !== 0n) readSpan(dump, stack, THREAD_SIZE);
  }
}

/** @param cpu of a per-CPU variable */
function readVariable(dump: Dump, name: string, cpu: number | undefined): void {
  const symbol = dump.symbols.lookup(name, null);
  if (!symbol) return;
  const at = cpu === undefined ? symbol.address : dump.perCpuAddress(symbol.address, cpu);
  if (!isFault(at)) readSpan(dump, at, Math.min(symbol.size, MAX_VARIABLE));
}

function readNames(dump: Dump, table: (typeof NAME_TABLES)[number]): void {
  const symbol = dump.symbols.lookup(table.name, null);
  if (!symbol) return;
  for (let at = 0; at < Math.min(symbol.size, 4096); at += table.size) {
    const text = dump.memory.pointer(virtual(symbol.address + BigInt(at + table.at)));
    if (!isFault(text) && text !== 0n) dump.memory.text(text, 32);
  }
}

/** The interrupt stack table's stacks: whether each is mapped, and hence the page tables on the way. */
function readExceptionStacks(dump: Dump, cpu: number): void {
  const tss = dump.perCpu('cpu_tss_rw', cpu);
  const table = dump.types.member('tss_struct', 'x86_tss.ist');
  if (isFault(tss) || !table) return;
  for (let at = 0; at < table.size; at += 8) {
    const top = dump.memory.pointer(virtual(tss + BigInt(table.offset + at)));
    if (isFault(top) || top === 0n) continue;
    for (let page = 0; page <= 8; page++) dump.memory.u8(virtual(top - BigInt(page * 4096)));
  }
}

/** Page by page: one that is missing does not keep the others out. */
function readSpan(dump: Dump, at: VirtualAddress, length: number): void {
  const end = at + BigInt(length);
  for (let from: bigint = at; from < end; from = ((from >> 12n) + 1n) << 12n)
    dump.memory.u8(virtual(from));
}

/** `node_data[]`, each node's zones and their names; not its zonelists, which crash does not read. */
function readNodes(dump: Dump): void {
  const nodes = dump.symbol('node_data');
  const zones = dump.types.member('pglist_data', 'node_zones');
  const last = dump.types.member('pglist_data', 'node_id');
  const zone = dump.types.sizeOf('zone');
  const name = dump.types.member('zone', 'name');
  if (isFault(nodes) || !zones || !last || !zone || !name) return;
  for (let i = 0; i < MAX_NODES; i++) {
    const node = dump.memory.pointer(virtual(nodes + BigInt(i * 8)));
    if (isFault(node) || node === 0n) return;
    readSpan(dump, virtual(node + BigInt(zones.offset)), zones.size);
    readSpan(dump, virtual(node + BigInt(last.offset - 64)), 128);
    for (let at = 0; at < zones.size; at += zone) {
      const text = dump.memory.pointer(virtual(node + BigInt(zones.offset + at + name.offset)));
      if (!isFault(text)) dump.memory.u8(text);
    }
  }
}

/** The table of memory sections, to which `struct page` belong. mm/sparse.c */
function readSections(dump: Dump): void {
  const pointer = dump.symbol('mem_section');
  const roots = isFault(pointer) ? pointer : dump.memory.pointer(pointer);
  if (isFault(roots)) return;
  readSpan(dump, roots, MAX_SECTION_ROOTS * 8);
  for (let i = 0; i < MAX_SECTION_ROOTS; i++) {
    const root = dump.memory.pointer(virtual(roots + BigInt(i * 8)));
    if (!isFault(root) && root !== 0n) readSpan(dump, root, 4096);
  }
}

/** The `memory` devices, which crash finds by the names of all buses. drivers/base/memory.c, base.h (6.12) */
function readMemoryBlocks(dump: Dump): void {
  const { types, memory } = dump;
  const devices = types.member('subsys_private', 'klist_devices.k_list');
  // To 6.1 the bus itself points at its private part. include/linux/device/bus.h (5.10, 6.1)
  const subsys = dump.symbol('memory_subsys');
  const own = types.member('bus_type', 'p');
  if (!isFault(subsys) && own && devices) {
    const at = memory.pointer(virtual(subsys + BigInt(own.offset)));
    if (!isFault(at)) readBlocks(dump, virtual(at + BigInt(devices.offset)));
  }
  const pointer = dump.symbol('bus_kset');
  const kset = isFault(pointer) ? pointer : memory.pointer(pointer);
  const list = types.member('kset', 'list');
  const link = types.member('kobject', 'entry');
  const name = types.member('kobject', 'name');
  const inBus = types.member('subsys_private', 'subsys.kobj');
  if (isFault(kset) || !list || !link || !name || !devices || !inBus) return;
  const buses = listEntries(dump, virtual(kset + BigInt(list.offset)), link.offset, {
    limit: MAX_ON_A_LIST,
  });
  for (const kobject of buses) {
    const at = memory.pointer(virtual(kobject + BigInt(name.offset)));
    if (isFault(at) || memory.text(at, 64) !== 'memory') continue;
    readBlocks(dump, virtual(kobject - BigInt(inBus.offset) + BigInt(devices.offset)));
  }
}

function readBlocks(dump: Dump, head: VirtualAddress): void {
  const { types, memory } = dump;
  const node = types.member('device_private', 'knode_bus.n_node');
  const device = types.member('device_private', 'device');
  const within = types.member('memory_block', 'dev');
  const block = types.sizeOf('memory_block');
  const name = types.member('device', 'kobj.name');
  if (!node || !device || !within || !block || !name) return;
  for (const at of listEntries(dump, head, node.offset, { limit: MAX_ON_A_LIST })) {
    const dev = memory.pointer(virtual(at + BigInt(device.offset)));
    if (isFault(dev)) continue;
    readSpan(dump, virtual(dev - BigInt(within.offset)), block);
    const text = memory.pointer(virtual(dev + BigInt(name.offset)));
    if (!isFault(text)) memory.u8(text);
  }
}

/** `struct module` and its own symbol tables. */
function readModule(module: Module): void {
  const { dump } = module;
  readSpan(dump, module.address, dump.types.sizeOf('module') ?? 0);
  for (const [table, count] of [
    ['syms', 'num_syms'],
    ['gpl_syms', 'num_gpl_syms'],
  ] as const) {
    const at = dump.types.member('module', table);
    const of = dump.types.member('module', count);
    if (!at || !of) continue;
    const symbols = dump.memory.pointer(virtual(module.address + BigInt(at.offset)));
    const n = dump.memory.u32(virtual(module.address + BigInt(of.offset)));
    const size = dump.types.sizeOf('kernel_symbol') ?? 12;
    if (!isFault(symbols) && !isFault(n)) readSpan(dump, symbols, Math.min(n * size, MAX_VARIABLE));
  }
  const tables = module.symbolTables;
  if (isFault(tables)) return;
  // Elf64_Sym: 24 bytes. The names lie behind the symbols' own.
  readSpan(dump, tables.symtab, Math.min(tables.count * 24, 1 << 20));
  readSpan(dump, tables.strtab, Math.min(tables.count * 32, 1 << 20));
}
