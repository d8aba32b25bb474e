// `ps`: a row a task.
import type { VirtualAddress } from '../../bytes/address.ts';
import { type Fault, isFault } from '../../bytes/fault.ts';
import { runningTasks } from '../../kernel/cpus.ts';
import { mmOf, pagesBelowTop } from '../../kernel/mm.ts';
import { policyName } from '../../kernel/sched.ts';
import type { Task } from '../../kernel/task.ts';
import { allTasks } from '../../kernel/tasks.ts';
import { hex } from '../../print/hex.ts';
import type { Dump } from '../../types/dump.ts';
import type { Context } from '../kit/define.ts';
import { address16, text } from '../kit/task-line.ts';
import { Unread } from './unread.ts';

/** A task. Null: it cannot be read. */
export interface PsTask {
  pid: number | null;
  /** PID of the process's first thread. */
  tgid: number | null;
  /** PID of the parent, or of the tracer while there is one. */
  ppid: number | null;
  /** The CPU it runs or last ran on. */
  cpu: number | null;
  /** Address of its task_struct. */
  task: string;
  /** crash's two letters: RU, IN, UN, ID, ST, TR, ZO, DE, PA, WA, NE … */
  state: string | null;
  /** NORMAL, FIFO, RR, BATCH, IDLE, DEADLINE, EXT. */
  policy: string | null;
  /** The kernel's priority: 0 to 99 real time (0 highest), 100 to 139 the others; below 0 deadline. */
  prio: number | null;
  comm: string | null;
  /** Its address space. 0 for kernel threads. */
  vszKb: number | null;
  /** What of it is in memory. */
  rssKb: number | null;
  /** rssKb as a share of the machine's memory: of all below its last page. */
  memPercent: number | null;
  /** Whether a CPU was executing it. */
  running: boolean;
  kernelThread: boolean | null;
  /** With -s: where its kernel stack ends; null while it runs. */
  kernelStackPointer?: string | null;
}

/** Which tasks CPUs were executing: as the kernel says, or as `set -a` said. */
export function runningNow({ dump, session }: Context): ReadonlySet<VirtualAddress> {
  const running = new Map(Array.from(runningTasks(dump), ([task, cpu]) => [cpu, task]));
  for (const [cpu, task] of session.active) running.set(cpu, task);
  return new Set(running.values());
}

/** Resident pages that threads have not yet added to their process's mm, by tgid: before 6.2. */
const unsyncedPages = (dump: Dump): ReadonlyMap<number, number> =>
  dump.memo(unsyncedPages, () => {
    const pages = new Map<number, number>();
    for (const task of allTasks(dump).tasks) {
      if (!task.has('rssStat')) break;
      const { tgid, unsyncedRss } = task;
      if (isFault(tgid) || isFault(unsyncedRss) || unsyncedRss === 0) continue;
      pages.set(tgid, (pages.get(tgid) ?? 0) + unsyncedRss);
    }
    return pages;
  });

/** Makes rows: the memory that tasks share is read once for all of them. */
class Rows {
  readonly #unread: Unread;
  readonly #withStack: boolean;
  readonly #running: ReadonlySet<VirtualAddress>;
  readonly #ramPages: number | Fault;
  readonly #memory = new Map<VirtualAddress, { total: number; rss: number } | Fault>();
  readonly #unsynced: ReadonlyMap<number, number>;

  constructor(context: Context, withStack: boolean) {
    this.#unread = new Unread(context);
    this.#withStack = withStack;
    this.#running = runningNow(context);
    this.#ramPages = pagesBelowTop(context.dump);
    this.#unsynced = unsyncedPages(context.dump);
  }

  row(task: Task): PsTask {
    const state = this.#unread.value(task.stateCode);
    const tgid = this.#unread.value(task.tgid);
    const memory = state === 'ZO' ? NO_MEMORY : this.#memoryOf(task, tgid);
    const policy = this.#unread.value(task.number('policy'));
    const running = this.#running.has(task.address);
    const row: PsTask = {
      pid: this.#unread.value(task.pid),
      tgid,
      ppid: this.#unread.value(task.ppid),
      cpu: this.#unread.value(task.cpu),
      task: hex(task.address),
      state,
      policy: policy === null ? null : policyName(policy),
      prio: this.#unread.value(task.number('prio')),
      comm: this.#unread.value(task.comm),
      vszKb: memory && memory.total * 4,
      rssKb: memory && memory.rss * 4,
      memPercent: memory && this.#percent(memory.rss),
      running,
      kernelThread: this.#unread.value(task.isKernelThread),
    };
    if (this.#withStack) row.kernelStackPointer = running ? null : this.#stackPointer(task);
    return row;
  }

  /** Once all rows are made. */
  report(): void {
    this.#unread.report();
  }

  /** Pages; undefined members make it null. */
  #memoryOf(task: Task, tgid: number | null): { total: number; rss: number } | null {
    const at = this.#unread.value(task.pointer('mm'));
    if (at === null) return null;
    if (at === 0n) return NO_MEMORY;
    let memory = this.#memory.get(at);
    if (memory === undefined) {
      memory = readMemory(task);
      this.#memory.set(at, memory);
    }
    const known = this.#unread.value(memory);
    if (!known) return null;
    const unsynced = tgid === null ? 0 : (this.#unsynced.get(tgid) ?? 0);
    return { total: known.total, rss: known.rss + unsynced };
  }

  #percent(pages: number): number | null {
    const all = pages === 0 ? 1 : this.#unread.value(this.#ramPages);
    return all === null ? null : (pages * 100) / all;
  }

  #stackPointer(task: Task): string | null {
    const sp = this.#unread.value(task.pointer('threadSp'));
    return sp === null ? null : hex(sp);
  }
}

const NO_MEMORY = { total: 0, rss: 0 };

function readMemory(task: Task): { total: number; rss: number } | Fault {
  const mm = mmOf(task);
  if (isFault(mm)) return mm;
  if (!mm) return NO_MEMORY;
  const { totalVm, rss } = mm;
  if (isFault(totalVm)) return totalVm;
  return isFault(rss) ? rss : { total: totalVm, rss };
}

/** Rows for tasks, in their order. */
export function psRows(context: Context, tasks: readonly Task[], withStack: boolean): PsTask[] {
  const rows = new Rows(context, withStack);
  const made = tasks.map((task) => rows.row(task));
  rows.report();
  return made;
}

export interface TableForm {
  readonly header: boolean;
  /** -s: the stack pointer in the place of the task. */
  readonly stack: boolean;
  /** -Y: policy and priority in the place of state and memory. */
  readonly policy: boolean;
}

export function* renderTable(rows: readonly PsTask[], form: TableForm): Generator<string> {
  const pointer = form.stack ? '     KSTACKP    ' : '      TASK      ';
  const columns = form.policy ? 'POLICY       PRIO  COMM' : 'ST  %MEM      VSZ      RSS  COMM';
  if (form.header) yield `      PID    PPID  CPU ${pointer}  ${columns}`;
  for (const row of rows) yield tableRow(row, form);
}

function tableRow(row: PsTask, form: TableForm): string {
  const at = form.stack ? stackText(row) : address16(row.task);
  const who = `${right(row.pid, 7)} ${right(row.ppid, 7)} ${right(row.cpu, 3)}  ${at}`;
  const name = row.kernelThread ? `[${text(row.comm)}]` : text(row.comm);
  const rest = form.policy
    ? `  ${text(row.policy).padEnd(12)} ${right(row.prio, 4)}  ${name}`
    : ` ${right(row.state, 3)}  ${percent(row)} ${right(row.vszKb, 8)} ${right(row.rssKb, 8)}  ${name}`;
  return `${row.running ? '>' : ' '} ${who}${rest}`;
}

const right = (value: number | string | null, width: number): string => text(value).padStart(width);

const percent = ({ memPercent }: PsTask): string =>
  (memPercent === null ? '?' : memPercent.toFixed(1)).padStart(4);

const stackText = ({ running, kernelStackPointer }: PsTask): string =>
  running ? '       --       ' : address16(kernelStackPointer ?? null).padStart(16);
