// Threads of programs asleep on a contended lock of their own: from the system call they made.
import { IRET_FRAME_OFFSET, PT_REGS_SIZE, parsePtRegs } from '../arch/x86_64/registers.ts';
import { virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { taskStack } from '../kernel/cpu-stacks.ts';
import { Task } from '../kernel/task.ts';
import { hex } from '../print/hex.ts';
import type { Dump } from '../types/dump.ts';
import { defineFact, Holes, type Seen, seen } from './kit/define.ts';
import { type TaskFact, tasks } from './tasks.ts';

export interface LockSleeper {
  readonly pid: number;
  readonly tgid: number;
  /** User address of the lock word, `0x…`. */
  readonly futex: string;
  readonly sinceNs: number | null;
}

export const lockSleepers = defineFact<readonly LockSleeper[]>({
  id: 'lock-sleepers',
  says: 'threads that sleep, without a time limit, on a lock of their program that is held and contended',
  from: look,
});

const TASK_INTERRUPTIBLE = 0x1;
/** arch/x86/entry/syscalls/syscall_64.tbl */
const SYS_FUTEX = 202n;
/** include/uapi/linux/futex.h: the command without FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME. */
const COMMAND = 127n;
const FUTEX_WAIT = 0n;
/** "Held, and somebody waits": what glibc, musl and Go's runtime write in a lock word before they sleep on it. */
const CONTENDED = 2n;
/** `cs` of 64-bit user code; another (32-bit) has other system call numbers. */
const USER_CS = 0x33n;

function look(dump: Dump): Seen<readonly LockSleeper[]> {
  const holes = new Holes();
  const value: LockSleeper[] = [];
  for (const task of seen(dump, tasks).value) {
    if (task.isKernelThread || task.runningOn !== null) continue;
    if (task.state === null || (task.state & TASK_INTERRUPTIBLE) === 0) continue;
    const registers = atEntry(dump, task);
    if (registers === undefined) {
      holes.add(
        'the registers of some programs are not in the dump: whether they wait for a lock of their own is not known',
      );
      continue;
    }
    const { origAx, di, si, dx, r10, cs } = registers;
    const isLock = (si & COMMAND) === FUTEX_WAIT && (dx & 0xffff_ffffn) === CONTENDED && r10 === 0n;
    if (origAx !== SYS_FUTEX || cs !== USER_CS || !isLock) continue;
    value.push({ pid: task.pid, tgid: task.tgid, futex: hex(di), sinceNs: task.lastArrivalNs });
  }
  return { value, holes: holes.list };
}

/** What a program had in its registers when it entered the kernel: at the top of its stack. */
function atEntry(dump: Dump, task: TaskFact) {
  const stack = taskStack(new Task(dump, virtual(BigInt(task.address))));
  if (!stack || isFault(stack)) return undefined;
  const bytes = dump.memory.read(virtual(stack.high - BigInt(PT_REGS_SIZE)), PT_REGS_SIZE);
  if (isFault(bytes) || bytes.length < IRET_FRAME_OFFSET) return undefined;
  return parsePtRegs(bytes);
}
