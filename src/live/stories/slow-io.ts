// A thread that waits in the kernel, once or again and again: for what, on which device, and how many times too long?
import { suspect } from '../../rules/kit/define.ts';
import { count } from '../../rules/kit/text.ts';
import type { NextStep, VerdictEvidence } from '../../rules/kit/verdict.ts';
import { callKind, callName } from '../process/calls.ts';
import { type IoLimit, ioLimits } from '../process/cgroup.ts';
import { type Device, deviceOf, lowest, pressure, usual, usualSeconds } from '../process/device.ts';
import { type CallGroup, callText } from '../tools/strace.ts';
import { callOf, forHowLong, sampled, sleepEvidence } from './evidence.ts';
import type { KernelPath } from './instruments.ts';
import { isLocking, kernelLock } from './kernel-lock.ts';
import {
  quoted,
  type Scene,
  type SeenThread,
  type Story,
  size,
  span,
  threadTask,
  whoIs,
} from './scene.ts';

/** Slow steps take seconds each: long enough to see one end. */
const TRACE_SECONDS = 5;
/** Below this a device of the kind may well need so long. */
const TOO_SLOW = 20;

export async function slowIo(scene: Scene): Promise<Story> {
  const { worst, instruments } = scene;
  const { open, samples } = worst;
  const device = open && deviceOf(open);
  const kernel = await instruments.kernelPath(samples.tid, 'where it waits in the kernel');
  if (kernel && worst.class === 'kernel-wait' && isLocking(kernel))
    return kernelLock(scene, kernel);
  const isSteps = worst.class === 'slow-steps';
  const trace = isSteps ? await instruments.trace(TRACE_SECONDS, samples.tid) : undefined;
  const group = trace?.groups.find(({ calls }) => calls.some(({ tid }) => tid === samples.tid));
  const timed = group && stepOf(group);
  // A call that began before the trace has taken longer than the trace shows.
  const step =
    timed && !timed.isUnfinished ? timed : longer(longer(timed, unfinished(worst)), counted(scene));
  const after = open && deviceOf(open);
  return tell({ scene, device, after, kernel, group, step, isSteps });
}

interface Findings {
  readonly scene: Scene;
  /** Before and after the trace. */
  readonly device: Device | undefined;
  readonly after: Device | undefined;
  readonly kernel: KernelPath | undefined;
  readonly group: CallGroup | undefined;
  readonly step: Step | undefined;
  readonly isSteps: boolean;
}

function tell(found: Findings): Story {
  const { scene, device, after, kernel, group, step, isSteps } = found;
  const { worst, process } = scene;
  const { tid } = worst.samples;
  const bottom = after && lowest(after);
  const factor = step && device ? step.seconds / usualSeconds(device.kind, step.bytes) : undefined;
  const times = factor !== undefined && factor >= 1 ? Math.round(factor) : undefined;
  const isFine = factor !== undefined && factor < TOO_SLOW && !step?.isUnfinished;
  const limits = bottom?.number && !isFine ? ioLimits(process.pid, bottom.number) : [];
  const isDevice = (bottom?.inFlight ?? 0) > 0 || device?.kind === 'network';
  return {
    where: isFine ? 'none' : limits.length > 0 ? 'user' : isDevice ? 'hardware' : 'kernel',
    kind: isFine ? 'requested' : 'slow',
    title: titleOf(isFine, isSteps, limits.length > 0),
    rule: 'slow-io',
    confidence: isFine || (times && times >= TOO_SLOW) ? 'likely' : 'possible',
    headline: headlineOf(found, { isFine, times, bottom, limits }),
    suspects: [
      ...limits.map(({ file, line }) =>
        suspect('culprit', `it allows no more: ${line}`, {
          object: { type: 'limit', name: file, address: bottom?.number ?? '', module: null },
        }),
      ),
      ...(bottom?.number && isDevice && !isFine && limits.length === 0
        ? [
            suspect('culprit', `it has not answered ${count(bottom.inFlight ?? 0, 'request')}`, {
              object: { type: 'disk', name: bottom.name, address: bottom.number, module: null },
            }),
          ]
        : []),
      suspect(isFine ? 'waiter' : 'victim', `it waits in ${whatOf(worst)}`, {
        task: threadTask(scene, worst),
        function: kernel ? deepest(kernel.frames) : undefined,
      }),
    ],
    evidence: [
      sampled(scene, worst, 'it sleeps so that no signal wakes it, and uses hardly any CPU'),
      sleepEvidence(scene, worst),
      ...(group ? [callsEvidence(scene, group)] : []),
      ...(kernel
        ? [{ ...kernel.evidence, claim: `the way it went in the kernel: ${kernel.path}` }]
        : []),
      ...limits.map(({ file, line }) => ({
        claim: 'its control group limits what it may read and write there',
        command: `cat ${quoted(file)}`,
        output: line,
      })),
      ...(device && after ? deviceEvidence(device, after) : []),
      ...pressureEvidence(),
    ],
    next: nextOf(scene, bottom, limits),
    doubts: [
      ...(device ? [] : ['no device was found below the call: there is nothing to compare with']),
      ...(step && !step.isUnfinished
        ? []
        : ['none of its calls ended while it was looked at: how long one takes is not known']),
    ],
    ...(times === undefined ? {} : { timesTooSlow: times }),
    exonerated: isFine
      ? []
      : [
          {
            kind: 'task',
            name: `${process.comm} (pid ${process.pid})`,
            reason: 'it sleeps in the kernel: no code of its own runs',
            command: `cat /proc/${process.pid}/task/${tid}/wchan`,
          },
        ],
  };
}

const titleOf = (isFine: boolean, isSteps: boolean, isLimited: boolean): string => {
  if (isFine) return 'waits for its device, which is as quick as such a device is';
  if (isLimited) return 'held back by the I/O limit of its control group';
  return isSteps ? 'slow steps, repeated' : 'waits in the kernel';
};

const whatOf = (worst: SeenThread): string => callOf(worst) ?? (worst.wait?.wchan || 'the kernel');

function headlineOf(
  { scene, device, step }: Findings,
  {
    isFine,
    times,
    bottom,
    limits,
  }: {
    isFine: boolean;
    times: number | undefined;
    bottom: Device | undefined;
    limits: readonly IoLimit[];
  },
): string {
  const { worst } = scene;
  const who = whoIs(scene, worst);
  const what = whatOf(worst);
  const each = step ? `: ${stepWords(step)}` : forHowLong(worst);
  const kind = device ? usual[device.kind].words : 'the device';
  if (isFine)
    return `${who} spends its time in ${what}, and ${kind} answers as quickly as can be expected${each}.`;
  const than =
    times && times >= TOO_SLOW ? `, some ${thousands(times)} times what ${kind} needs` : '';
  const look = bottom ? `; look at ${bottom.name}` : '';
  const limited = limits.length > 0 ? '; the limit of its control group holds it back' : look;
  const healthy = scene.process.isKernel
    ? `${who}, of the kernel,`
    : `The program ${who} is healthy; it`;
  return `${healthy} waits in the kernel, in ${what}${each}${than}${limited}.`;
}

/** `each write of 512 bytes takes 13.2 s`, `this write of 512 bytes has taken 13.2 s so far`. */
function stepWords({ name, seconds, bytes, isUnfinished }: Step): string {
  const of = bytes > 0 ? ` of ${size(bytes)}` : '';
  const time = span(seconds * 1000);
  return isUnfinished
    ? `this ${name}${of} has taken ${time} so far`
    : `each ${name}${of} takes ${time}`;
}

interface Step {
  readonly name: string;
  readonly seconds: number;
  readonly bytes: number;
  /** It goes on: at least so long. */
  readonly isUnfinished: boolean;
}

/** The call that it sleeps in all the time: it has taken so long already. */
function unfinished({ wait, samples }: SeenThread): Step | undefined {
  const call = wait?.call;
  if (!call || samples.asleepMs === null) return undefined;
  const kind = callKind(call.number);
  const isMoving = (kind === 'read' || kind === 'write') && call.number <= 18;
  return {
    name: callName(call.number),
    seconds: samples.asleepMs / 1000,
    // read(fd, buffer, count), pwrite64(fd, buffer, count, at)
    bytes: isMoving ? Number(BigInt(call.arguments[2] ?? 0)) : 0,
    isUnfinished: true,
  };
}

/** The mean of what strace saw; calls that had not returned count with what they had taken by then. */
function stepOf({ name, calls, totalSeconds, bytes }: CallGroup): Step | undefined {
  const ended = calls.filter(({ result }) => result !== null);
  if (calls.length === 0 || totalSeconds === 0) return undefined;
  return {
    name,
    seconds: totalSeconds / calls.length,
    bytes: bytes / Math.max(1, ended.length),
    isUnfinished: ended.length === 0,
  };
}

const longer = (a: Step | undefined, b: Step | undefined): Step | undefined =>
  a && b ? (a.seconds > b.seconds ? a : b) : (a ?? b);

/** Without strace: the process's own counters. */
function counted({ process, worst }: Scene): Step | undefined {
  const { io, wallMs } = process;
  if (!io || worst.wait?.call == null) return undefined;
  const isWrite = callKind(worst.wait.call.number) === 'write';
  const [calls, bytes] = isWrite ? [io.syscw, io.wchar] : [io.syscr, io.rchar];
  if (calls === 0) return undefined;
  return {
    name: callName(worst.wait.call.number),
    seconds: wallMs / 1000 / calls,
    bytes: bytes / calls,
    isUnfinished: false,
  };
}

const callsEvidence = ({ instruments }: Scene, group: CallGroup): VerdictEvidence => ({
  claim: `${group.name}, ${count(group.calls.length, 'time')}${group.path ? ` on ${group.path}` : ''}, ${span((group.totalSeconds / group.calls.length) * 1000)} each${group.bytes > 0 ? `, ${size(group.bytes / group.totalSeconds)} a second` : ''}`,
  command: instruments.straceCommand(),
  output: [...group.calls]
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, 3)
    .map(callText)
    .join('\n'),
});

function deviceEvidence(before: Device, after: Device): VerdictEvidence[] {
  const [from, to] = [lowest(before), lowest(after)];
  const mean = msPerRequest(before, after);
  const command = to.shownBy.length > 0 ? `cat ${to.shownBy.join(' ')}` : 'cat /proc/diskstats';
  const parts = [
    usual[to.kind].words,
    ...(to.inFlight === null ? [] : [`${count(to.inFlight, 'request')} that it has not answered`]),
    ...(mean === null ? [] : [`${span(mean)} for each that it did answer meanwhile`]),
  ];
  const layers = after.name === from.name ? '' : `${after.name}, on `;
  return [{ claim: `the device below: ${layers}${to.name}`, command, output: parts.join(', ') }];
}

/** In the mean, of the device at the bottom, between two looks. */
export function msPerRequest(before: Device, after: Device): number | null {
  const [from, to] = [lowest(before).counters, lowest(after).counters];
  if (!from || !to || to.requests <= from.requests) return null;
  return (to.waitMs - from.waitMs) / (to.requests - from.requests);
}

function pressureEvidence(): VerdictEvidence[] {
  const share = pressure('io');
  if (share === undefined || share < 1) return [];
  return [
    {
      claim: `in ${Math.round(share)} % of the last 10 s something waited for a device`,
      command: 'cat /proc/pressure/io',
      output: `some avg10=${share.toFixed(2)}`,
    },
  ];
}

/** The scheduler and the generic waits above it. */
const GENERIC =
  /schedule|^(folio|wait|__wait|bit_wait|out_of_line|io_|__io_|rwsem_|mutex_|__mutex|down_|__down)|^(context_switch|do_read_cache|filemap_|read_cache)/;

const deepest = (frames: readonly { function: string; module: string | null }[]) => {
  const frame = frames.find(({ function: name }) => !GENERIC.test(name)) ?? frames[0];
  return frame ? { name: frame.function, module: frame.module } : undefined;
};

const thousands = (n: number): string =>
  n.toPrecision(2).includes('e')
    ? Number(n.toPrecision(2)).toLocaleString('en')
    : `${Number(n.toPrecision(2))}`;

function nextOf(
  { worst, process }: Scene,
  bottom: Device | undefined,
  [limit]: readonly IoLimit[],
): NextStep[] {
  const device = bottom
    ? {
        text: `Look at ${bottom.name}: its errors, its queue, and what serves it.`,
        command: `dmesg | grep -F ${quoted(bottom.name)}`,
      }
    : { text: 'Look at what the kernel says.', command: 'dmesg | tail -50' };
  return [
    limit ? { text: 'Raise the limit.', command: `cat ${quoted(limit.file)}` } : device,
    {
      text: 'See the kernel’s side again.',
      command: `cat /proc/${process.pid}/task/${worst.samples.tid}/stack`,
    },
  ];
}
