// `struct task_struct`.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
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
  // Since 9f7118b200b3… start_time is monotonic nanoseconds, start_boottime counts suspend too (v5.5).
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
  threadSp: ['thread.sp'],
  lastSwitchCount: ['last_switch_count'],
  lastSwitchTime: ['last_switch_time'],
});

/** PF_* bits. include/linux/sched.h (same values 5.10 to 7.2). */
const PF_KTHREAD = 0x00200000;
const PF_IDLE = 0x00000002;

/** A task, by the address of its `task_struct`. */
export class Task extends View<keyof typeof taskShape.fields> {
  protected readonly shape = taskShape;

  get pid(): number | Fault {
    return this.number('pid');
  }
  get tgid(): number | Fault {
    return this.number('tgid');
  }
  /** Command name, at most 15 bytes, one character each: not escaped. */
  get comm(): string | Fault {
    return this.text('comm');
  }
  /** The CPU it runs or last ran on. */
  get cpu(): number | Fault {
    return this.number('cpu');
  }
  /** TASK_* bits as they are; unsigned. */
  get state(): number | Fault {
    return this.number('state');
  }
  get stack(): VirtualAddress | Fault {
    return this.pointer('stack');
  }
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
}
