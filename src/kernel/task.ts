// `struct task_struct`.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { utf8Of } from '../bytes/cursor.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import { shape, View } from '../types/view.ts';

const taskShape = shape('task_struct', {
  pid: ['pid'],
  tgid: ['tgid'],
  comm: ['comm'],
  // Since 2f064a59a11f ("sched: Change task_struct::state", v5.14) the name is `__state`, an unsigned int.
  state: ['__state', 'state'],
  exitState: ['exit_state'],
  flags: ['flags'],
  tasks: ['tasks'],
  threadNode: ['thread_node'],
  children: ['children'],
  sibling: ['sibling'],
  signal: ['signal'],
  realParent: ['real_parent'],
  parent: ['parent'],
  groupLeader: ['group_leader'],
  stack: ['stack'],
  // Since bcf9033e5449 ("sched: move CPU field back into thread_info if THREAD_INFO_IN_TASK=y", v5.16).
  cpu: ['thread_info.cpu', 'cpu'],
  onCpu: ['on_cpu'],
  onRq: ['on_rq'],
  policy: ['policy'],
  prio: ['prio'],
  normalPrio: ['normal_prio'],
  staticPrio: ['static_prio'],
  rtPriority: ['rt_priority'],
  schedClass: ['sched_class'],
  mm: ['mm'],
  activeMm: ['active_mm'],
  utime: ['utime'],
  stime: ['stime'],
  // Renamed in v5.5: kernel/fork.c, include/linux/sched.h. start_time is monotonic nanoseconds,
  // start_boottime counts suspend too.
  startTime: ['start_time'],
  startBoottime: ['start_boottime', 'real_start_time'],
  sumExecRuntime: ['se.sum_exec_runtime'],
  execStart: ['se.exec_start'],
  lastArrival: ['sched_info.last_arrival'],
  lastQueued: ['sched_info.last_queued'],
  runDelay: ['sched_info.run_delay'],
  pcount: ['sched_info.pcount'],
  nvcsw: ['nvcsw'],
  nivcsw: ['nivcsw'],
  schedDelayed: ['se.sched_delayed'],
  threadPid: ['thread_pid'],
  clearChildTid: ['clear_child_tid'],
  piBlockedOn: ['pi_blocked_on'],
  jobctl: ['jobctl'],
  // What it sleeps on, as the kernel itself wrote it down: 7.2, not 6.12. include/linux/hung_task.h, kernel/locking/mutex.c
  blocker: ['blocker'],
  blockedOn: ['blocked_on'],
  // A kernel thread's `struct kthread`; since e32cf5dfbe22 ("kthread: Generalize pf_io_worker so it can point to struct kthread", v5.17).
  kthread: ['worker_private', 'set_child_tid'],
  files: ['files'],
  threadSp: ['thread.sp'],
  psiFlags: ['psi_flags'],
  lastSwitchCount: ['last_switch_count'],
  lastSwitchTime: ['last_switch_time'],
  // Pages counted for this thread and not yet added to the mm: until f1a7941243c1 (v6.2).
  rssStat: ['rss_stat.count'],
});

/** PF_* bits. include/linux/sched.h (same values 5.10 to 7.2). */
const PF_KTHREAD = 0x00200000;
const PF_IDLE = 0x00000002;

/** TASK_* and EXIT_* bits. include/linux/sched.h (same values 5.10 to 7.2). */
const TASK_UNINTERRUPTIBLE = 0x2;
const TASK_NOLOAD = 0x400;
const EXIT_DEAD = 0x10;
const EXIT_ZOMBIE = 0x20;

/** A task's state in crash's two letters; `FR`: frozen, `??`: none that we know. */
export type StateCode =
  | 'RU'
  | 'IN'
  | 'UN'
  | 'ID'
  | 'ST'
  | 'TR'
  | 'ZO'
  | 'DE'
  | 'PA'
  | 'WA'
  | 'NE'
  | 'FR'
  | '??';

/** Bits in the order they are looked at: the first that is set names the state. */
const STATE_BITS: readonly (readonly [bit: number, code: StateCode])[] = [
  [0x1, 'IN'],
  [TASK_UNINTERRUPTIBLE, 'UN'],
  [0x4, 'ST'],
  [0x8, 'TR'],
  [0x40, 'PA'],
  [0x80, 'DE'],
  [0x200, 'WA'],
  [0x800, 'NE'],
  // TASK_RTLOCK_WAIT, since v5.15: asleep on a lock, as uninterruptible as it gets.
  [0x1000, 'UN'],
  // TASK_FROZEN, since v6.1, kernel/freezer.c.
  [0x8000, 'FR'],
];

/** The letters for a task's `__state` and `exit_state`. */
export function stateCode(state: number, exitState: number): StateCode {
  if (exitState & EXIT_DEAD) return 'DE';
  if (exitState & EXIT_ZOMBIE) return 'ZO';
  if (state === 0) return 'RU';
  if (state & TASK_UNINTERRUPTIBLE && state & TASK_NOLOAD) return 'ID';
  return STATE_BITS.find(([bit]) => state & bit)?.[1] ?? '??';
}

/** Bits by name, in crash's order; each has had its value since v4.2. include/linux/sched.h */
const STATE_WORDS: readonly (readonly [bit: number, word: string])[] = [
  [0x1, 'TASK_INTERRUPTIBLE'],
  [TASK_UNINTERRUPTIBLE, 'TASK_UNINTERRUPTIBLE'],
  [0x4, 'TASK_STOPPED'],
  [0x8, 'TASK_TRACED'],
  [EXIT_DEAD, 'EXIT_DEAD'],
  [0x80, 'TASK_DEAD'],
  [EXIT_ZOMBIE, 'EXIT_ZOMBIE'],
  [0x40, 'TASK_PARKED'],
  [0x200, 'TASK_WAKING'],
  [0x100, 'TASK_WAKEKILL'],
  [TASK_NOLOAD, 'TASK_NOLOAD'],
  [0x800, 'TASK_NEW'],
  [0x1000, 'TASK_RTLOCK_WAIT'],
  [0x8000, 'TASK_FROZEN'],
];

/** A task's state in the kernel's words, `|` between them: TASK_UNINTERRUPTIBLE|TASK_NOLOAD. */
export function stateWords(task: Task): string | Fault {
  const state = task.state;
  if (isFault(state)) return state;
  const exit = task.number('exitState');
  if (isFault(exit)) return exit;
  const bits = state | exit;
  if (bits === 0) return 'TASK_RUNNING';
  const words = STATE_WORDS.filter(([bit]) => bits & bit).map(([, word]) => word);
  return words.length > 0 ? words.join('|') : `0x${bits.toString(16)}`;
}

/** MM_FILEPAGES, MM_ANONPAGES, MM_SHMEMPAGES. include/linux/mm_types_task.h */
const RESIDENT = [0, 1, 3] as const;

/** A task, by the address of its `task_struct`. */
export class Task extends View<keyof typeof taskShape.fields> {
  protected readonly shape = taskShape;
  #pid: number | Fault | undefined;
  #tgid: number | Fault | undefined;
  #unsyncedRss: number | Fault | undefined;
  #lastArrival: number | Fault | undefined;

  /** The thread's own number. */
  get pid(): number | Fault {
    this.#pid ??= this.number('pid');
    return this.#pid;
  }
  /** The process's number: the PID that user programs know. */
  get tgid(): number | Fault {
    this.#tgid ??= this.number('tgid');
    return this.#tgid;
  }
  /** Command name, at most 15 bytes, one character each: not escaped. */
  get comm(): string | Fault {
    const name = this.text('comm');
    return isFault(name) ? name : utf8Of(name);
  }
  /** The CPU it runs or last ran on. */
  get cpu(): number | Fault {
    return this.number('cpu');
  }
  /** TASK_* bits as they are; unsigned. */
  get state(): number | Fault {
    return this.number('state');
  }
  /** Where its kernel stack begins: the lowest address. */
  get stack(): VirtualAddress | Fault {
    return this.pointer('stack');
  }
  /** Whether it runs in the kernel only. */
  get isKernelThread(): boolean | Fault {
    const flags = this.number('flags');
    return isFault(flags) ? flags : (flags & PF_KTHREAD) !== 0;
  }
  /** swapper/N. */
  get isIdle(): boolean | Fault {
    const flags = this.number('flags');
    return isFault(flags) ? flags : (flags & PF_IDLE) !== 0;
  }
  /** The process's first thread. */
  get leader(): Task | Fault {
    const at = this.pointer('groupLeader');
    return isFault(at) ? at : new Task(this.dump, virtual(at));
  }
  /** PID of the parent, or of the tracer while there is one: what crash calls PPID. */
  get ppid(): number | Fault {
    const at = this.pointer('parent');
    if (isFault(at)) return at;
    return at === 0n ? 0 : new Task(this.dump, at).pid;
  }
  /** The state in crash's two letters. */
  get stateCode(): StateCode | Fault {
    const state = this.state;
    if (isFault(state)) return state;
    const exit = this.number('exitState');
    return isFault(exit) ? exit : stateCode(state, exit);
  }
  /** When it last got a CPU, by the scheduler's clock; 0: never. */
  get lastArrival(): number | Fault {
    this.#lastArrival ??= this.number('lastArrival');
    return this.#lastArrival;
  }
  /** Resident pages of the mm that only this thread has counted yet; 0 since 6.2. */
  get unsyncedRss(): number | Fault {
    this.#unsyncedRss ??= this.#countUnsynced();
    return this.#unsyncedRss;
  }

  /**
   * Reads what every list of tasks asks for. Where there are thousands, the pages that a walk has just looked at are
   * decompressed anew for whoever comes back later.
   */
  readIdentity(): void {
    for (const value of [this.pid, this.tgid, this.unsyncedRss]) void value;
  }

  #countUnsynced(): number | Fault {
    if (!this.has('rssStat')) return 0;
    const at = this.offsetOf('rssStat');
    let pages = 0;
    for (const kind of RESIDENT) {
      const count = isFault(at) ? at : this.i32In(at + kind * 4);
      if (isFault(count)) return count;
      // May be below zero, as the mm's own counters.
      pages += Math.max(0, count);
    }
    return pages;
  }
}
