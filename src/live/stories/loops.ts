// A thread that takes all the CPU it can get: in its own code, or in the kernel's.

import { suspect } from '../../rules/kit/define.ts';
import type { VerdictEvidence } from '../../rules/kit/verdict.ts';
import { shares } from '../process/classify.ts';
import { commonFrame, ownFrame, type UserFrame } from '../tools/frames.ts';
import { languageStack } from '../tools/languages.ts';
import { type CallGroup, callText } from '../tools/strace.ts';
import { sampled } from './evidence.ts';
import {
  percent,
  type Scene,
  type SeenThread,
  type Story,
  size,
  threadTask,
  whoIs,
} from './scene.ts';

const TIMES = 3;
const TRACE_SECONDS = 0.6;
/** Threads that do the same, whose stacks are looked at. */
const MOST = 4;

const placeOf = ({ function: name, file, line }: UserFrame): string =>
  `${name}${file ? ` (${file.slice(file.lastIndexOf('/') + 1)}${line === null ? '' : `:${line}`})` : ''}`;

const alike = ({ threads, worst }: Scene): SeenThread[] =>
  [worst, ...threads.filter((thread) => thread !== worst && thread.class === worst.class)].slice(
    0,
    MOST,
  );

export async function userLoop(scene: Scene): Promise<Story> {
  const { worst, instruments, process } = scene;
  const group = alike(scene);
  const looked = await instruments.stacks(
    group.map(({ samples }) => samples.tid),
    TIMES,
  );
  const all = looked?.stacks.get(worst.samples.tid) ?? [];
  const own = all.map(ownFrame);
  const [first] = own;
  const isSame =
    own.length > 1 &&
    first?.function != null &&
    own.every((frame) => frame?.function === first.function);
  const frame = isSame ? first : own.length > 1 ? commonFrame(all) : first;
  const who = whoIs(scene, worst);
  const seenTimes = `it was there every time it was looked at, ${all.length} times`;
  const stack = looked?.evidence(worst.samples.tid, isSame ? seenTimes : 'where it was');
  const place = frame?.function ? `${placeOf(frame)}${isSame ? '' : ', or below it'}` : undefined;
  const ownStack = languageStack(process.pid);
  const also = group.length > 1 ? `, and ${group.length - 1} more of its threads do the same` : '';
  return {
    where: 'user',
    kind: 'loop',
    title: isSame
      ? 'an endless loop in the program, or one very long computation'
      : 'all its time in its own code',
    rule: 'slow-user-loop',
    confidence: isSame && worst.samples.movedBytes === 0 ? 'likely' : 'possible',
    headline: `${who} takes all the CPU it can get, in its own code: ${place ? `it goes round in ${place}` : 'where, was not seen'}${also}.`,
    suspects: [
      suspect('culprit', 'it runs in its own code and neither reads, writes nor waits', {
        task: threadTask(scene, worst),
        cpu: worst.samples.cpu,
        function: frame?.function ? { name: frame.function, module: null } : undefined,
      }),
    ],
    evidence: [
      sampled(scene, worst, 'it runs, in user mode, whenever it is let'),
      ...(stack ? [stack] : []),
    ],
    next: [
      ...(ownStack ? [{ text: 'See where the program that it runs is.', command: ownStack }] : []),
      {
        text: place
          ? `Look in ${place} for what should end the loop.`
          : 'Look at its stack several times: what stays is the loop.',
        command: `gdb -nx -batch -ex 'thread apply all bt full' -p ${process.pid}`,
      },
      {
        text: 'See where the time goes, without stopping it.',
        command: `perf top -g -p ${process.pid}`,
      },
    ],
    doubts: [
      'a loop that ends after very long looks the same from outside',
      ...crowded(worst),
      ...(worst.samples.movedBytes === null ? ['what it reads and writes may not be seen'] : []),
    ],
  };
}

/** Others want the CPU, too: that alone makes it slower. */
function crowded({ samples }: SeenThread): string[] {
  const { delay } = shares(samples);
  return delay > 0.3
    ? [`others want the CPU, too: in ${percent(delay)} of the time it waited for one`]
    : [];
}

/** One call of this share of all is what the loop is made of. */
const MOST_OF_ALL = 0.6;

export async function kernelLoop(scene: Scene): Promise<Story> {
  const { worst, instruments } = scene;
  const trace = await instruments.trace(TRACE_SECONDS, worst.samples.tid);
  const own =
    trace?.calls.filter(({ tid, result }) => tid === worst.samples.tid && result !== null) ?? [];
  const [group] = (trace?.groups ?? [])
    .map((one) => ({ ...one, calls: one.calls.filter(({ tid }) => tid === worst.samples.tid) }))
    .sort((a, b) => b.calls.length - a.calls.length);
  if (trace && own.length > 0 && group) return callLoop(scene, group, own.length / trace.seconds);
  return insideKernel(scene, trace !== undefined);
}

/** It makes calls: is it at work, or does it go round? */
async function callLoop(scene: Scene, group: CallGroup, rate: number): Promise<Story> {
  const { worst, instruments, process } = scene;
  const who = whoIs(scene, worst);
  const what = `${group.name}()${group.path ? ` on ${group.path}` : ''}`;
  const traced: VerdictEvidence = {
    claim: `${group.calls.length} calls of ${group.name} were seen, some ${Math.round(rate)} calls a second while it was traced`,
    command: instruments.straceCommand(),
    output: group.calls.slice(-3).map(callText).join('\n'),
  };
  const failed = group.errors / Math.max(1, group.calls.length);
  const moves = group.bytes > 0 && !/^\/dev\/(null|zero|full|u?random)/.test(group.path ?? '');
  const all = instruments.calls.reduce((sum, { calls }) => sum + calls.length, 0);
  if (moves || (failed < MOST_OF_ALL && group.calls.length / all < MOST_OF_ALL))
    return {
      where: 'none',
      kind: 'requested',
      title: 'busy, in system calls that get on',
      rule: 'slow-busy',
      confidence: 'likely',
      class: 'busy',
      headline: `${who} is busy and gets on: most of its time goes into system calls, most often ${what}${group.bytes > 0 ? `, ${size(group.bytes / group.calls.length)} each` : ''}.`,
      suspects: [],
      evidence: [sampled(scene, worst, 'it runs most of the time, in the kernel'), traced],
      next: [
        { text: 'Fewer, larger calls would cost less.', command: `strace -c -f -p ${process.pid}` },
      ],
      doubts: [],
    };
  const looked = await instruments.stacks([worst.samples.tid], 1);
  const stack = looked?.evidence(worst.samples.tid, 'who calls');
  const caller = looked?.stacks.get(worst.samples.tid)?.at(-1);
  const from = caller && ownFrame(caller);
  const isFailing = failed >= MOST_OF_ALL;
  const error = group.calls.find((call) => call.error)?.error;
  return {
    where: 'user',
    kind: 'loop',
    title: 'an endless loop of system calls',
    rule: 'slow-call-loop',
    confidence: 'likely',
    headline: `${who} takes all the CPU it can get, and makes the same system call again and again: ${what}${isFailing ? `, which fails each time with ${error}` : ''}${from?.function ? `; ${placeOf(from)} calls it` : ''}.`,
    suspects: [
      suspect('culprit', `it calls ${what} without end`, {
        task: threadTask(scene, worst),
        cpu: worst.samples.cpu,
        function: from?.function ? { name: from.function, module: null } : undefined,
      }),
    ],
    evidence: [
      sampled(scene, worst, 'it runs, in the kernel most of the time'),
      traced,
      ...(stack ? [stack] : []),
    ],
    next: [
      {
        text: isFailing
          ? `Look why ${group.name} fails with ${error}, and why the program goes on.`
          : `Look in the program for what should end the loop around ${group.name}.`,
        command: `gdb -nx -batch -ex bt -p ${process.pid}`,
      },
    ],
    doubts: ['a loop that ends after very long looks the same from outside', ...crowded(worst)],
  };
}

async function insideKernel(scene: Scene, isTraced: boolean): Promise<Story> {
  const { worst, instruments, process } = scene;
  const { tid } = worst.samples;
  const path = await instruments.kernelPath(tid, 'where in the kernel it was');
  const [inner] = path?.frames ?? [];
  const { system } = { system: worst.samples.systemMs / Math.max(1, worst.samples.wallMs) };
  return {
    where: 'kernel',
    kind: 'loop',
    title: 'all its time in the kernel',
    rule: 'slow-kernel-loop',
    confidence: 'possible',
    headline: `${whoIs(scene, worst)} takes all the CPU it can get, in the kernel${isTraced ? ', and not one of its system calls ended while it was traced' : ''}${inner ? `; it was in ${inner.function}` : ''}.`,
    suspects: [
      suspect('culprit', `${percent(system)} of the time it ran in the kernel`, {
        task: threadTask(scene, worst),
        cpu: worst.samples.cpu,
        function: inner ? { name: inner.function, module: inner.module } : undefined,
      }),
    ],
    evidence: [sampled(scene, worst, 'it runs, in the kernel'), ...(path ? [path.evidence] : [])],
    next: [
      { text: 'See where in the kernel the time goes.', command: `perf top -g -t ${tid}` },
      { text: 'Time its system calls.', command: `strace -f -T -p ${process.pid}` },
    ],
    doubts: [],
  };
}
