// Scenes: facts as a rule would be given them, without any dump.
import { type Alarm, alarms } from '../src/facts/alarms.ts';
import {
  type BlockIo,
  blockIo,
  type DiskFact,
  type IoWaiter,
  type RequestFact,
} from '../src/facts/block-io.ts';
import { clock } from '../src/facts/clock.ts';
import { type CpuQuota, cpuQuotas } from '../src/facts/cpu-quotas.ts';
import { type CpuFact, cpus } from '../src/facts/cpus.ts';
import { type EarlierOops, earlierOopses } from '../src/facts/earlier-oopses.ts';
import { type EventWait, eventWaits } from '../src/facts/event-waits.ts';
import { type FaultSite, faultSite } from '../src/facts/fault-site.ts';
import { type FileLockWait, fileLocks } from '../src/facts/file-locks.ts';
import { type FutexWait, futexWaits } from '../src/facts/futex-waits.ts';
import { type Interrupt, interrupts } from '../src/facts/interrupts.ts';
import { kernelLoops, type SpinWait, type StuckCpu } from '../src/facts/kernel-loops.ts';
import { type KernelWait, kernelWaits, type LockQueue } from '../src/facts/kernel-waits.ts';
import type { Fact } from '../src/facts/kit/define.ts';
import type { FrameFact } from '../src/facts/kit/frames.ts';
import { type Machine, machine } from '../src/facts/machine.ts';
import { type MachineCheckFact, machineCheck } from '../src/facts/machine-check.ts';
import { type MemoryPressure, memoryPressure } from '../src/facts/memory-pressure.ts';
import { type MemoryUse, memoryUse } from '../src/facts/memory-use.ts';
import { type Modules, modules } from '../src/facts/modules.ts';
import { type PanicStack, panicStack } from '../src/facts/panic-stack.ts';
import { type ProgramEvent, type ProgramWait, programWaits } from '../src/facts/program-waits.ts';
import { type RtLimits, rtLimits } from '../src/facts/rt-limits.ts';
import { type Sleeper, sleepers } from '../src/facts/sleepers.ts';
import { type TaskFact, tasks } from '../src/facts/tasks.ts';
import { type Trigger, trigger } from '../src/facts/trigger.ts';
import { type Feeder, watchdogFeeder } from '../src/facts/watchdog-feeder.ts';
import type { Look } from '../src/rules/judge.ts';

/** The time in every scene, unless it says otherwise: 100 s. */
export const NOW_NS = 100e9;
/** A moment so many seconds before that. */
export const ago = (seconds: number): number => NOW_NS - seconds * 1e9;

export interface Scene {
  readonly nowNs?: number | null;
  readonly tasks?: readonly TaskFact[];
  readonly cpus?: readonly CpuFact[];
  readonly limits?: RtLimits;
  readonly trigger?: Trigger;
  readonly feeder?: Feeder | null;
  readonly site?: FaultSite | null;
  readonly sleepers?: readonly Sleeper[];
  readonly futexWaits?: readonly FutexWait[];
  readonly fileLocks?: readonly FileLockWait[];
  readonly cpuQuotas?: readonly CpuQuota[];
  readonly programWaits?: readonly ProgramWait[];
  readonly blockIo?: BlockIo;
  readonly alarms?: readonly Alarm[];
  readonly eventWaits?: readonly EventWait[];
  readonly kernelLoops?: readonly StuckCpu[];
  readonly kernelWaits?: readonly KernelWait[];
  readonly interrupts?: readonly Interrupt[];
  readonly memory?: MemoryUse | null;
  readonly pressure?: MemoryPressure | null;
  readonly earlierOopses?: readonly EarlierOops[];
  readonly machineCheck?: MachineCheckFact | null;
  readonly panicStack?: PanicStack | null;
  readonly machine?: Machine;
  readonly modules?: Modules;
  /** What could not be read, by the fact's id. */
  readonly holes?: Readonly<Record<string, readonly string[]>>;
}

/** Gives a scene's facts as a dump would; what it does not say is as on a quiet machine. */
export function lookAt(scene: Scene): Look {
  const { nowNs = NOW_NS } = scene;
  const values = new Map<Fact<unknown>, unknown>([
    [clock, { nowNs }],
    [tasks, scene.tasks ?? []],
    [cpus, scene.cpus ?? []],
    [rtLimits, scene.limits ?? limits()],
    [trigger, scene.trigger ?? panic()],
    [watchdogFeeder, scene.feeder ?? null],
    [faultSite, scene.site ?? null],
    [sleepers, scene.sleepers ?? []],
    [futexWaits, scene.futexWaits ?? []],
    [fileLocks, scene.fileLocks ?? []],
    [programWaits, scene.programWaits ?? []],
    [cpuQuotas, scene.cpuQuotas ?? []],
    [blockIo, scene.blockIo ?? { disks: [], requests: [], accounts: [] }],
    [alarms, scene.alarms ?? []],
    [eventWaits, scene.eventWaits ?? []],
    [kernelLoops, scene.kernelLoops ?? []],
    [kernelWaits, scene.kernelWaits ?? []],
    [interrupts, scene.interrupts ?? []],
    [memoryUse, scene.memory ?? null],
    [memoryPressure, scene.pressure ?? null],
    [earlierOopses, scene.earlierOopses ?? []],
    [machineCheck, scene.machineCheck ?? null],
    [panicStack, scene.panicStack ?? null],
    [modules, scene.modules ?? { modules: [], stacks: 0, wholeStacks: 0 }],
    [machine, scene.machine ?? { arch: 'x86_64', release: '6.12.1-test' }],
  ]);
  return <T>(fact: Fact<T>) => {
    if (!values.has(fact)) throw new Error(`the scene has no fact ${fact.id}`);
    return { value: values.get(fact) as T, holes: scene.holes?.[fact.id] ?? [] };
  };
}

/** A task of a program, asleep as most are. */
export const task = (pid: number, about: Partial<TaskFact> = {}): TaskFact => ({
  address: `0xffff8880${(0x10000000 + pid * 0x1000).toString(16)}`,
  pid,
  tgid: pid,
  ppid: null,
  comm: `program-${pid}`,
  cpu: 0,
  state: 1,
  isKernelThread: false,
  isIdle: false,
  runningOn: null,
  isWaitingForCpu: false,
  halted: null,
  isUninterruptible: false,
  schedClass: 'fair',
  policy: 'NORMAL',
  rtPriority: 0,
  prio: 120,
  ranNs: 1e9,
  userNs: 5e8,
  systemNs: 5e8,
  startedNs: ago(90),
  lastArrivalNs: ago(1),
  lastQueuedNs: 0,
  voluntarySwitches: 100,
  involuntarySwitches: 10,
  ...about,
});

/** A task that had a CPU for so long, all of it in user mode. */
export const running = (pid: number, cpu: number, seconds: number, about: Partial<TaskFact> = {}) =>
  task(pid, {
    cpu,
    runningOn: cpu,
    state: 0,
    ranNs: seconds * 1e9,
    userNs: seconds * 1e9,
    systemNs: 0,
    startedNs: ago(seconds),
    lastArrivalNs: ago(seconds),
    ...about,
  });

/** A task that has wanted a CPU for so long. */
export const waiting = (pid: number, cpu: number, seconds: number, about: Partial<TaskFact> = {}) =>
  task(pid, {
    cpu,
    state: 0,
    isWaitingForCpu: true,
    lastQueuedNs: ago(seconds),
    lastArrivalNs: ago(seconds + 1),
    ...about,
  });

/** SCHED_RR of a priority. */
export const realTime = (rtPriority: number): Partial<TaskFact> => ({
  schedClass: 'rt',
  policy: 'RR',
  rtPriority,
  prio: 99 - rtPriority,
});

/** A CPU whose task was in user mode for so long. */
export const cpu = (
  n: number,
  pid: number,
  seconds: number,
  about: Partial<CpuFact> = {},
): CpuFact => ({
  cpu: n,
  pid,
  mode: 'user',
  executing: [],
  stack: { frames: [], isWhole: true, fromUser: true },
  since: { fromNs: ago(seconds), toNs: ago(seconds) },
  lastIdleNs: null,
  stopperWaitsSinceNs: null,
  ...about,
});

export const idleCpu = (n: number): CpuFact =>
  cpu(n, 0, 0, { mode: 'idle', since: null, executing: [frame('do_idle')] });

export const frame = (
  name: string,
  module: string | null = null,
  about: Partial<FrameFact> = {},
): FrameFact => ({
  function: name,
  symbol: name,
  module,
  pc: '0xffffffff81000010',
  isCertain: true,
  isInterrupted: false,
  ...about,
});

/** A thread asleep, for so long, on a lock of its program that `owner` holds; null: nobody knows who. */
export const onLock = (
  pid: number,
  address: string,
  owner: number | null,
  seconds: number,
  about: Partial<FutexWait> = {},
): FutexWait => ({
  pid,
  tgid: pid,
  address,
  kind: 'lock',
  operation: 'FUTEX_WAIT',
  value: 2,
  isBounded: false,
  sinceNs: ago(seconds),
  isQueued: true,
  owner: owner === null ? null : { pid: owner, tid: owner, from: 'mutex' },
  isWordRead: owner !== null,
  physical: owner === null ? null : '0x4000',
  ...about,
});

/** A process of one thread that waits for a lock on a file; `holder` null: several may have it. */
export const onFile = (
  pid: number,
  path: string,
  holder: number | null,
  seconds: number,
): FileLockWait => ({
  pid,
  tgid: pid,
  call: 'flock',
  fd: 3,
  path,
  held: '0xffff888007000000',
  request: '0xffff888007000100',
  owner: '0xffff888008000000',
  holders: holder === null ? [] : [holder],
  holder,
  sinceNs: ago(seconds),
});

/** A thread that waits for data, for its child or for its debugger, which any of `by` could give. */
export const forProgram = (
  pid: number,
  event: ProgramEvent,
  by: readonly number[],
  seconds: number,
): ProgramWait => ({
  pid,
  tgid: pid,
  event,
  medium: event === 'data' || event === 'room' ? 'pipe' : null,
  fd: 3,
  object: '0xffff888009000000',
  file: '0xffff888009000100',
  other: null,
  by,
  handlesSignals: false,
  sinceNs: ago(seconds),
});

/** A disk that has answered so many reads, each in so many milliseconds. */
export const disk = (name: string, reads: number, ms: number, inFlight = 0): DiskFact => ({
  name,
  address: '0xffff888004000000',
  driver: 'virtio_blk',
  inFlight,
  reads,
  writes: 0,
  readNs: reads * ms * 1e6,
  writeNs: 0,
  stats: '0xffffe8ffffc01100',
});

/** A read that a disk has not answered for so long, and who waits for it. */
export const read = (name: string, seconds: number, waiters: readonly number[]): RequestFact => ({
  address: '0xffff888005000000',
  disk: name,
  operation: 'read',
  sector: 24,
  bytes: 4096,
  sinceNs: ago(seconds),
  waiters: waiters.map(
    (pid): IoWaiter => ({
      pid,
      waiter: '0xffffc90000004000',
      type: 'wait_page_queue',
      object: '0xffffea0000100000',
      kind: 'page',
      named: '0xffff888006000000',
      call: null,
      modules: [],
    }),
  ),
});

/** A task in uninterruptible sleep for so long. */
export const sleeper = (pid: number, seconds: number): Sleeper => ({
  pid,
  sinceNs: ago(seconds),
  waitsIn: frame('folio_wait_bit_common'),
  calledBy: null,
  isForChild: false,
});

/** Throttling and the fair server as a distribution sets them; `limits(-1)`: off. */
export const limits = (runtimeUs: number | null = 950_000): RtLimits => ({
  runtimeUs,
  periodUs: 1_000_000,
  fairServerRuntimeNs: null,
});

/** A task asleep for so long in line for a lock of the kernel's; `holder` null: it names none. */
export const inLine = (
  pid: number,
  lock: string,
  holder: number | null,
  seconds: number,
  about: Omit<Partial<KernelWait>, 'queue'> & { readonly queue?: Partial<LockQueue> } = {},
): KernelWait => ({
  pid,
  kind: 'mutex',
  sinceNs: ago(seconds),
  waitsIn: frame('__mutex_lock'),
  calledBy: frame(`wants_${lock}`, 'driver'),
  modules: ['driver'],
  isStackWhole: true,
  takenIn: holder === pid ? frame(`takes_${lock}`, 'driver') : null,
  ...about,
  queue: {
    object: { type: 'mutex', name: lock, address: '0xffffffffc0001000', module: 'driver' },
    words: 4,
    ownerWord: '0xffffffffc0001000',
    holder: holder === null ? null : { pid: holder, address: task(holder).address, from: 'owner' },
    readers: 0,
    waiterWords: 3,
    waiters: [{ pid, address: '0xffffc90000000100' }],
    ...about.queue,
  },
});

/** A task asleep in the kernel for so long, in line for nothing that is known. */
export const asleepIn = (
  pid: number,
  name: string,
  seconds: number,
  about: Partial<KernelWait> = {},
): KernelWait => ({
  pid,
  kind: 'other',
  sinceNs: ago(seconds),
  waitsIn: frame(name),
  calledBy: frame('driver_work', 'driver'),
  modules: ['driver'],
  queue: null,
  isStackWhole: true,
  takenIn: null,
  ...about,
});

/** A CPU that code of a driver has not let go for so long. */
export const stuck = (
  n: number,
  pid: number,
  seconds: number,
  about: Partial<StuckCpu> = {},
): StuckCpu => ({
  cpu: n,
  pid,
  sinceNs: ago(seconds),
  shownBy: 'stopper',
  stopperPid: null,
  context: 'task',
  frames: [frame('driver_scan', 'driver', { isInterrupted: true }), frame('vfs_ioctl')],
  loop: frame('driver_scan', 'driver'),
  round: { jump: 109, target: 96 },
  inner: null,
  waitsFor: null,
  spin: null,
  isClosed: null,
  isNested: false,
  isWhole: true,
  ...about,
});

/** A CPU that has spun on a spinlock for so long; `holders`: the CPUs whose code took it. */
export const spinning = (
  n: number,
  pid: number,
  lock: string,
  holders: readonly (readonly [cpu: number, pid: number])[],
  about: Partial<SpinWait> = {},
): StuckCpu =>
  stuck(n, pid, 14, {
    frames: [frame('native_queued_spin_lock_slowpath', null, { isInterrupted: true })],
    loop: null,
    round: null,
    inner: null,
    waitsFor: 'spinlock',
    spin: {
      object: { type: 'spinlock_t', name: lock, address: '0xffffffffc0002000', module: 'driver' },
      isTaken: true,
      from: 'argument',
      wantedBy: frame(`wants_${lock}`, 'driver'),
      holders: holders.map(([held, by]) => ({
        cpu: held,
        pid: by,
        from: 'code',
        function: frame('driver_scan', 'driver'),
        taking: { argument: 58, call: 65 },
      })),
      ...about,
    },
  });

/** A panic that nobody can tell the reason of. */
export const panic = (about: Partial<Trigger> = {}): Trigger => ({
  kind: 'panic',
  detector: 'none',
  function: 'some_function',
  module: null,
  message: 'a message',
  cpu: 0,
  pid: 1,
  uptimeSeconds: 100,
  parameters: {},
  messengers: [],
  isWhole: true,
  ...about,
});

/** Somebody wrote c to /proc/sysrq-trigger. */
export const byHand = (pid: number): Trigger =>
  panic({ kind: 'sysrq', function: 'sysrq_handle_crash', message: 'sysrq triggered crash', pid });

/** The IPMI watchdog warned, with the usual settings. */
export const ipmi = (about: Partial<Trigger> = {}): Trigger =>
  panic({
    detector: 'ipmi-watchdog',
    function: 'ipmi_wdog_pretimeout_handler',
    module: 'ipmi_watchdog',
    message: 'Watchdog pre-timeout',
    parameters: { timeout: 90, pretimeout: 30 },
    messengers: [
      frame('panic'),
      frame('ipmi_wdog_pretimeout_handler', 'ipmi_watchdog'),
      frame('asm_common_interrupt'),
    ],
    ...about,
  });
