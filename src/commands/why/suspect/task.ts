// What a dump says of one task, beside what the rules say.
import { alarms } from '../../../facts/alarms.ts';
import { clock } from '../../../facts/clock.ts';
import { cpus } from '../../../facts/cpus.ts';
import { fileLocks } from '../../../facts/file-locks.ts';
import { futexWaits } from '../../../facts/futex-waits.ts';
import { kernelLoops } from '../../../facts/kernel-loops.ts';
import { kernelWaits } from '../../../facts/kernel-waits.ts';
import { spell } from '../../../facts/kit/frames.ts';
import { type TaskFact, tasks } from '../../../facts/tasks.ts';
import { trigger } from '../../../facts/trigger.ts';
import type { Look } from '../../../rules/judge.ts';
import { shortLock, spellLock } from '../../../rules/kernel-locks/words.ts';
import {
  ageLine,
  count,
  frameLine,
  literal,
  memberLine,
  seconds,
} from '../../../rules/kit/text.ts';
import { type Claim, fact } from './suspicion.ts';

/** What others were kept waiting for this long speaks against whoever kept them. */
const LONG_NS = 5e9;
const MOST_NAMED = 4;

export function* factsOfTask(task: TaskFact, look: Look): Generator<Claim> {
  yield* whereItWas(task, look);
  yield* whatItHolds(task, look);
  yield* whatItWaitsFor(task, look);
  yield* howMuchItRan(task, look);
  yield* whoNamesIt(task, look);
}

/** On a CPU, in line for one, or asleep. */
function* whereItWas(task: TaskFact, look: Look): Generator<Claim> {
  const { nowNs } = look(clock).value;
  const { pid, runningOn, cpu, lastArrivalNs, lastQueuedNs } = task;
  const ago = (ns: number | null) => (nowNs === null || !ns ? null : nowNs - ns);
  if (runningOn !== null) {
    yield onCpu(task, runningOn, look, nowNs);
    return;
  }
  const lastRan = ago(lastArrivalNs);
  const shown = lastRan === null ? [] : [ageLine(lastRan, task)];
  if (task.isWaitingForCpu) {
    const since = ago(lastQueuedNs);
    const long = since === null ? '' : ` for ${seconds(since)}`;
    yield fact(
      'clearsIt',
      `it wanted CPU ${cpu}${long} and did not get it: it did nothing in that time`,
      `ps -m ${pid}`,
      ...shown,
    );
    return;
  }
  if (lastRan !== null)
    yield fact(
      'beside',
      `it slept, on no CPU: it last ran ${seconds(lastRan)} before the end`,
      `ps -m ${pid}`,
      ...shown,
    );
}

function onCpu(task: TaskFact, on: number, look: Look, nowNs: number | null): Claim {
  const line = look(cpus).value.find(({ cpu }) => cpu === on);
  const behind = look(tasks).value.filter((t) => t.isWaitingForCpu && t.cpu === on);
  const since = line?.since?.toNs ?? line?.since?.fromNs ?? null;
  const kept = since === null || nowNs === null ? null : nowNs - since;
  const where = line?.mode === 'user' || line?.mode === 'kernel' ? ` in ${line.mode} mode` : '';
  const long = kept === null ? '' : `, for ${seconds(kept)}`;
  const longest =
    nowNs === null ? 0 : Math.max(0, ...behind.map((t) => nowNs - (t.lastQueuedNs || nowNs)));
  const isInTheWay = kept !== null && Math.min(kept, longest) >= LONG_NS;
  const crowd =
    behind.length === 0
      ? '; nobody waited for that CPU'
      : `; ${count(behind.length, 'task')} waited for that CPU, the longest for ${seconds(longest)}`;
  const header = new RegExp(`^PID: ${task.pid}\\b.*CPU: ${on}\\b`);
  return fact(
    isInTheWay ? 'pointsAtIt' : 'beside',
    `it was on CPU ${on}${where}${long}${crowd}`,
    `bt ${task.pid}`,
    header,
  );
}

/** Locks of the kernel's, of its program's and on files that others wait for. */
function* whatItHolds({ pid, address }: TaskFact, look: Look): Generator<Claim> {
  const waits = look(kernelWaits).value;
  const locks = new Map(
    waits.flatMap(({ queue }) =>
      queue?.holder?.pid === pid ? [[queue.object.address, queue] as const] : [],
    ),
  );
  for (const { object, words, holder, waiters } of locks.values()) {
    const line = waits.filter(({ queue }) => queue?.object.address === object.address);
    const isSure = holder?.from === 'owner';
    yield fact(
      'pointsAtIt',
      `it ${isSure ? 'holds' : 'may hold'} ${spellLock(object)}, for which ${count(Math.max(line.length, waiters.length), 'task')} wait${line.length === 1 ? 's' : ''}`,
      `rd ${object.address} ${words}`,
      // A task lies on a multiple of 64 bytes; a lock's flags are below that.
      ...(isSure ? [new RegExp(`\\b${address.slice(2, -1)}[0-7]\\b`)] : []),
    );
  }
  for (const wait of look(futexWaits).value)
    if (wait.owner?.pid === pid && wait.pid !== pid)
      yield fact(
        'pointsAtIt',
        wait.kind === 'lock'
          ? `it holds the lock of its program at ${wait.address}, for which pid ${wait.pid} waits`
          : `pid ${wait.pid} waits for its end`,
        `bt ${wait.pid}`,
        new RegExp(`RDI: 0*${wait.address.slice(2)}\\b`),
      );
  for (const lock of look(fileLocks).value)
    if (lock.holder === pid && lock.pid !== pid)
      yield fact(
        'pointsAtIt',
        `it has the lock on ${lock.path ?? 'a file'} (${lock.call}), for which pid ${lock.pid} waits`,
        `bt ${lock.pid}`,
      );
  const spun = look(kernelLoops).value.flatMap(({ cpu, pid: spinner, spin }) =>
    spin?.holders.some((holder) => holder.pid === pid) ? [{ cpu, spinner, spin }] : [],
  );
  for (const { cpu, spinner, spin } of spun)
    yield fact(
      'pointsAtIt',
      `its code holds ${spellLock(spin.object)}, on which CPU ${cpu} (pid ${spinner}) spins`,
      `bt ${spinner}`,
      new RegExp(`^PID: ${spinner}\\b`),
    );
  if (locks.size === 0 && spun.length === 0)
    yield fact(
      'clearsIt',
      'it holds no lock in the kernel that any sleeper was found to wait for',
      null,
    );
}

function* whatItWaitsFor({ pid }: TaskFact, look: Look): Generator<Claim> {
  const wait = look(kernelWaits).value.find((w) => w.pid === pid);
  if (!wait) return;
  const frames = [wait.waitsIn, wait.calledBy].flatMap((frame) => (frame?.function ? [frame] : []));
  const place = wait.waitsIn ? ` in ${spell(wait.waitsIn)}` : '';
  const by = wait.calledBy ? `, called by ${spell(wait.calledBy)}` : '';
  const { queue } = wait;
  const holder = queue?.holder?.pid ?? null;
  const isHeldUp = queue !== null && holder !== null && holder !== pid;
  const lock = queue ? ` for ${shortLock(queue.object)}` : '';
  const held = isHeldUp ? `, which pid ${holder} holds: it is held up itself` : '';
  yield fact(
    isHeldUp ? 'clearsIt' : 'beside',
    `it waits${place}${by}${lock}${held}`,
    `bt ${pid}`,
    ...frames.map(frameLine),
  );
}

function* howMuchItRan(task: TaskFact, look: Look): Generator<Claim> {
  const { pid, policy, rtPriority, ranNs } = task;
  const { nowNs } = look(clock).value;
  if (policy !== null && rtPriority !== null && rtPriority > 0)
    yield fact(
      'beside',
      `it is real-time (SCHED_${policy} ${rtPriority}): nothing of a lower priority runs on its CPU while it does`,
      `task -R rt_priority ${pid}`,
      memberLine('rt_priority', rtPriority),
    );
  if (ranNs === null || nowNs === null || nowNs <= 0) return;
  const share = (100 * ranNs) / nowNs;
  yield fact(
    'beside',
    `it ran for ${seconds(ranNs)} in all, ${share < 0.1 ? 'less than 0.1' : share.toFixed(1)} % of the time since boot`,
    `task -R se.sum_exec_runtime ${pid}`,
    memberLine('se.sum_exec_runtime', ranNs),
  );
}

/** The panicking CPU and the log name whom they met, not who is to blame. */
function* whoNamesIt(task: TaskFact, look: Look): Generator<Claim> {
  const { pid } = task;
  const found = look(trigger).value;
  if (found.pid === pid && pid !== 0)
    yield fact(
      'beside',
      `the machine was stopped on its CPU (${found.cpu})${found.messengers.length > 0 ? ', in an interrupt that broke in on it' : ''}: that alone says no more than that it ran there`,
      `bt ${pid}`,
      new RegExp(`^PID: ${pid}\\b`),
    );
  const named = look(alarms).value.filter(
    ({ text }) => new RegExp(`[:# ]${pid}\\b`).test(text) && text.includes(task.comm),
  );
  for (const { kind, text } of named.slice(0, MOST_NAMED))
    yield fact(
      'beside',
      `the log names it in a complaint (${kind}): whoever complains names whom it met`,
      'log',
      new RegExp(literal(text)),
    );
}
