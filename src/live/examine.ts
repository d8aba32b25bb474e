// A process that is too slow: sampled, each thread classified, then looked at where the table points, and only there.
import { arch, machine as hardware, release } from 'node:os';
import type { ExaminedDevice } from '../rules/kit/examined.ts';
import { signatureOf } from '../rules/kit/signature.ts';
import type { Verdict } from '../rules/kit/verdict.ts';
import { classify, type ThreadClass } from './process/classify.ts';
import { type Descriptor, descriptor } from './process/descriptor.ts';
import { type Device, deviceOf, lowest } from './process/device.ts';
import { futexSleep } from './process/futex.ts';
import type { KernelReader } from './process/kernel-stack.ts';
import { textOf } from './process/proc.ts';
import { type ProcessSamples, sample } from './process/sampler.ts';
import type { ThreadSamples, Wait } from './process/thread.ts';
import { waitedDescriptor, waitsFor } from './process/waits.ts';
import { child } from './stories/child.ts';
import { starved, throttled } from './stories/cpu.ts';
import { fileLock } from './stories/file-lock.ts';
import { futex, isInRing } from './stories/futex.ts';
import { busy, idle } from './stories/healthy.ts';
import { Instruments } from './stories/instruments.ts';
import { kernelLoop, userLoop } from './stories/loops.ts';
import { faulting } from './stories/memory.ts';
import { fifo, pipe } from './stories/pipe.ts';
import { examinedThread } from './stories/rows.ts';
import type { Scene, SeenThread, Story, Teller } from './stories/scene.ts';
import { msPerRequest, slowIo } from './stories/slow-io.ts';
import { socket } from './stories/socket.ts';
import * as states from './stories/states.ts';
import { unknown } from './stories/unknown.ts';

export interface ExamineOptions {
  readonly seconds: number;
  readonly signal: AbortSignal;
  /** What is going on, for a progress line. */
  say(what: string): void;
  /** Reads stacks in the kernel's memory, where that is permitted. */
  readonly kernel?: KernelReader | undefined;
}

/** Undefined: there is no such process. */
export async function examine(
  pid: number,
  { seconds, signal, say, kernel }: ExamineOptions,
): Promise<Verdict | undefined> {
  const process = await sample(pid, {
    seconds,
    signal,
    tick: (ms) => say(`sampling pid ${pid}: ${(ms / 1000).toFixed(1)} of ${seconds} s`),
  });
  if (!process || process.threads.length === 0) return undefined;
  const threads = seenThreads(process);
  const worst = worstOf(process, threads);
  const instruments = new Instruments(process, signal, say, kernel);
  const scene: Scene = { process, threads, worst, instruments, signal };
  const before = worst.open && deviceOf(worst.open);
  const story = await tellerOf(scene)(scene);
  return verdictOf(scene, story, before);
}

// --- Threads ---

function seenThreads(process: ProcessSamples): SeenThread[] {
  const { throttles, pid } = process;
  const share = throttles && throttles.periods > 0 ? throttles.throttled / throttles.periods : 0;
  const tids = process.threads.map(({ tid }) => tid);
  const threads = process.threads.map((samples) => seen(pid, tids, samples, share));
  // What the kernel's own threads sleep for is work, too.
  if (process.isKernel)
    return threads.map((one) => (one.class === 'waiting' ? { ...one, class: 'idle' } : one));
  if (!threads.some(({ class: name, waitsFor }) => LIVELY.includes(name) || waitsFor === 'timer'))
    return threads;
  // A worker that no lock holds up waits to be given work: its rest, while another thread is at work or at rest itself.
  return threads.map((thread) =>
    thread.class === 'waiting' && thread.waitsFor === 'futex' && !thread.sleep?.owner
      ? { ...thread, class: 'idle' }
      : thread,
  );
}

const LIVELY: readonly ThreadClass[] = ['idle', 'busy', 'user-loop', 'kernel-loop', 'slow-steps'];

function seen(
  pid: number,
  tids: readonly number[],
  samples: ThreadSamples,
  throttledShare: number,
): SeenThread {
  const opens = new Map<Wait, Descriptor | undefined>();
  const openOf = (wait: Wait): Descriptor | undefined => {
    if (!opens.has(wait)) {
      const fd = waitedDescriptor(wait);
      opens.set(wait, fd === undefined ? undefined : descriptor(pid, fd));
    }
    return opens.get(wait);
  };
  const found = classify(samples, throttledShare, (wait) => waitsFor(wait, openOf(wait)));
  const { wait, class: name } = found;
  const isFutex = name === 'waiting' && found.waitsFor === 'futex' && wait?.call;
  return {
    ...found,
    samples,
    open: wait ? openOf(wait) : undefined,
    sleep: isFutex && wait.call ? futexSleep(pid, wait.call, tids) : undefined,
  };
}

/** Which class says most of why a process is slow. */
const RANK: readonly ThreadClass[] = [
  'stopped',
  'traced',
  'throttled',
  'starved',
  'faulting',
  'kernel-wait',
  'slow-steps',
  'user-loop',
  'kernel-loop',
  'waiting',
  'busy',
  'idle',
  'zombie',
  'gone',
];

/** The thread that says most: a ring of locks before all, and who waits for a thread's end after that thread. */
function worstOf(process: ProcessSamples, threads: readonly SeenThread[]): SeenThread {
  const rank = (thread: SeenThread): number => {
    if (isInRing(thread, threads)) return -1;
    const isRest = thread.waitsFor === 'timer' || thread.sleep?.owner?.by === 'end';
    const name = thread.class === 'waiting' && isRest ? 'idle' : thread.class;
    return RANK.indexOf(name) + (isRest ? 0.5 : 0);
  };
  const most = ({ samples }: SeenThread): number => samples.runMs + samples.delayMs;
  const isMain = ({ samples }: SeenThread): number => Number(samples.tid === process.pid);
  const [first] = [...threads].sort(
    (a, b) => rank(a) - rank(b) || most(b) - most(a) || isMain(b) - isMain(a),
  );
  if (!first) throw new Error('a process has threads');
  return first;
}

// --- The story ---

function tellerOf({ worst }: Scene): Teller {
  switch (worst.class) {
    case 'stopped':
      return states.stopped;
    case 'traced':
      return states.traced;
    case 'zombie':
      return states.zombie;
    case 'gone':
      return states.gone;
    case 'throttled':
      return throttled;
    case 'starved':
      return starved;
    case 'faulting':
      return faulting;
    case 'user-loop':
      return userLoop;
    case 'kernel-loop':
      return kernelLoop;
    case 'busy':
      return busy;
    case 'idle':
      return idle;
    case 'kernel-wait':
    case 'slow-steps':
    case 'waiting':
      return waitTeller(worst);
  }
}

function waitTeller({ waitsFor, wait, class: name }: SeenThread): Teller {
  switch (waitsFor) {
    case 'futex':
      return futex;
    case 'pipe':
      return pipe;
    case 'fifo':
      return fifo;
    case 'socket':
      return socket;
    case 'child':
      return child;
    case 'timer':
      return idle;
    case 'file-lock':
      return fileLock;
    default:
      return wait?.state === 'D' || name === 'kernel-wait' || name === 'slow-steps'
        ? slowIo
        : unknown;
  }
}

// --- The verdict ---

function verdictOf(scene: Scene, story: Story, before: Device | undefined): Verdict {
  const { process, threads, worst, instruments } = scene;
  const { where, kind, title, rule, confidence } = story;
  const after = worst.open && deviceOf(worst.open);
  const trigger: Verdict['trigger'] = {
    kind: 'external',
    detector: 'inquest slow',
    function: null,
    module: null,
    message: null,
    cpu: null,
    pid: process.pid,
    uptimeSeconds: Number((textOf('/proc/uptime') ?? '').split(' ')[0]) || null,
    parameters: {},
  };
  const judged = {
    trigger,
    verdict: { where, kind, title, rule, confidence },
    suspects: [...story.suspects],
    rules: [{ id: rule, fired: confidence !== null, because: story.headline }],
  };
  const machine = { arch: hardware?.() ?? arch(), release: release() };
  return {
    schema: 'inquest.verdict/1',
    headline: story.headline,
    trigger,
    verdict: judged.verdict,
    signature: signatureOf(judged, { machine, stack: [], isWhole: true }),
    suspects: judged.suspects,
    chain: [...(story.chain ?? [])],
    cpus: [],
    evidence: [...story.evidence],
    exonerated: [...(story.exonerated ?? [])],
    doubts: [...new Set([...story.doubts, ...instruments.doubts, ...refusals(process)])],
    next: [...story.next],
    rules: judged.rules,
    process: {
      pid: process.pid,
      comm: process.comm,
      seconds: Math.round(process.wallMs / 10) / 100,
      samples: process.ticks,
      threads: threads.map((thread) =>
        examinedThread(
          thread === worst && story.class ? { ...thread, class: story.class } : thread,
        ),
      ),
      calls: instruments.calls.slice(0, MOST_CALLS).map((group) => ({
        call: group.name,
        fd: group.fd,
        path: group.path,
        count: group.calls.length,
        errors: group.errors,
        bytes: group.bytes,
        seconds: group.totalSeconds,
        longestSeconds: group.longest.seconds,
        bytesPerSecond: group.bytes > 0 ? group.bytes / group.totalSeconds : null,
      })),
      device: before && after ? examinedDevice(before, after) : null,
      timesTooSlow: story.timesTooSlow ?? null,
      cost: instruments.cost(process.ownCpuMs),
    },
  };
}

const MOST_CALLS = 20;

function examinedDevice(before: Device, after: Device): ExaminedDevice {
  const names = (device: Device): string[] =>
    device.below.flatMap((one) => [one.name, ...names(one)]);
  return {
    name: after.name,
    kind: after.kind,
    inFlight: lowest(after).inFlight,
    msPerRequest: msPerRequest(before, after),
    below: names(after),
  };
}

/** What may not be read, once, and what to do. */
function refusals({ refused, threadsLeftOut, pid }: ProcessSamples): string[] {
  const files = [...refused.keys()].map((file) => `/proc/${pid}/${file}`);
  return [
    ...(files.length > 0
      ? [
          `${files.join(', ')} may not be read (${[...new Set(refused.values())].join(', ')}): what the threads wait for is known from other signs only; run as root, or as the owner of the process`,
        ]
      : []),
    ...(threadsLeftOut > 0 ? [`${threadsLeftOut} more threads were not looked at`] : []),
  ];
}
