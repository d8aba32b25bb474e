// What needs no instrument: stopped, traced, ended, idle, at work, short of memory.
import { suspect } from '../../rules/kit/define.ts';
import { shares } from '../process/classify.ts';
import { pressure } from '../process/device.ts';
import { other } from '../process/holders.ts';
import { callOf, forHowLong, sampled, sleepEvidence } from './evidence.ts';
import { asTask, percent, type Scene, type Story, size, threadTask, whoIs } from './scene.ts';

const NOTHING = { suspects: [], evidence: [], next: [], doubts: [] } as const;

const stateEvidence = ({ process, worst }: Scene, claim: string, output: string) => ({
  claim,
  command: `grep -E '^(State|TracerPid)' /proc/${process.pid}/task/${worst.samples.tid}/status`,
  output,
});

export async function stopped(scene: Scene): Promise<Story> {
  const { process, worst } = scene;
  return {
    ...NOTHING,
    where: 'user',
    kind: 'slow',
    title: 'stopped by a signal',
    rule: 'slow-stopped',
    confidence: 'proven',
    headline: `${whoIs(scene, worst)} is stopped: a signal (^Z, SIGSTOP, or a read from a terminal in the background) stopped it, and it goes on when it gets SIGCONT.`,
    suspects: [suspect('victim', 'it is stopped', { task: threadTask(scene, worst) })],
    evidence: [stateEvidence(scene, 'its state', 'State:\tT (stopped)')],
    next: [
      {
        text: 'Let it go on, or bring its job to the foreground.',
        command: `kill -CONT ${process.pid}`,
      },
      {
        text: 'See whose job it is.',
        command: `ps -o pid,ppid,pgid,sid,tty,stat,comm -p ${process.pid},${process.ppid}`,
      },
    ],
  };
}

export async function traced(scene: Scene): Promise<Story> {
  const { process, worst } = scene;
  const tracer = process.tracerPid ? other(process.tracerPid) : undefined;
  const name = tracer ? `${tracer.comm} (pid ${tracer.pid})` : 'a debugger';
  return {
    ...NOTHING,
    where: 'user',
    kind: 'slow',
    title: 'held by a debugger',
    rule: 'slow-traced',
    confidence: 'proven',
    headline: `${whoIs(scene, worst)} stands still because ${name} traces it.`,
    suspects: [
      ...(tracer
        ? [
            suspect('culprit', 'it traces the process', {
              task: asTask(tracer.pid, tracer.pid, tracer.comm),
            }),
          ]
        : []),
      suspect('victim', 'it is held', { task: threadTask(scene, worst) }),
    ],
    evidence: [
      stateEvidence(
        scene,
        'its state',
        `State:\tt (tracing stop)\nTracerPid:\t${process.tracerPid}`,
      ),
    ],
    next: [
      {
        text: `Let ${name} go on, or detach it.`,
        command: `ps -fp ${process.tracerPid || process.pid}`,
      },
    ],
  };
}

export async function zombie(scene: Scene): Promise<Story> {
  const { process } = scene;
  const parent = other(process.ppid);
  const name = parent ? `${parent.comm} (pid ${parent.pid})` : `its parent (pid ${process.ppid})`;
  return {
    ...NOTHING,
    where: 'user',
    kind: 'slow',
    title: 'ended already: a zombie',
    rule: 'slow-zombie',
    confidence: 'proven',
    headline: `${process.comm} (pid ${process.pid}) has ended: it is a zombie, and only ${name}, which has not asked how it ended, keeps its number.`,
    suspects: parent
      ? [
          suspect('culprit', 'it does not wait for its child', {
            task: asTask(parent.pid, parent.pid, parent.comm),
          }),
        ]
      : [],
    evidence: [stateEvidence(scene, 'its state', 'State:\tZ (zombie)')],
    next: [
      {
        text: `Look at ${name}: why does it not wait for its child?`,
        command: `inquest slow ${process.ppid}`,
      },
    ],
  };
}

export async function gone(scene: Scene): Promise<Story> {
  const { process } = scene;
  const seconds = (process.wallMs / 1000).toFixed(1);
  return {
    ...NOTHING,
    where: 'none',
    kind: 'undecided',
    title: 'it ended while it was looked at',
    rule: 'slow-gone',
    confidence: null,
    headline: `${process.comm} (pid ${process.pid}) ended by itself ${seconds} s after the first look.`,
    evidence: [sampled(scene, scene.worst, 'what it did until then')],
    next: [
      {
        text: 'If it should not have ended, look for a core dump and for messages.',
        command: 'coredumpctl list; dmesg | tail',
      },
    ],
  };
}

export async function faulting(scene: Scene): Promise<Story> {
  const { process, worst } = scene;
  const { majorFaults, wallMs } = worst.samples;
  const rate = majorFaults / Math.max(0.001, wallMs / 1000);
  const memory = pressure('memory');
  const isSwapping = process.swappedKb > 0;
  return {
    where: 'hardware',
    kind: 'exhaustion',
    title: isSwapping
      ? 'its memory is swapped out, and comes back page by page'
      : 'its code or files are read again, page by page',
    rule: 'slow-faulting',
    confidence: 'likely',
    headline: `${whoIs(scene, worst)} waits for its own memory: ${Math.round(rate)} times a second a page had to be read from disk${isSwapping ? `, and ${size(process.swappedKb * 1024)} of it are swapped out` : ''}.`,
    suspects: [suspect('victim', 'memory is short', { task: threadTask(scene, worst) })],
    evidence: [
      sampled(scene, worst, 'it sleeps in page faults'),
      {
        claim: `${majorFaults} faults that needed the disk meanwhile`,
        command: `ps -o pid,maj_flt,rss -p ${process.pid}`,
        output: `+${majorFaults}`,
      },
      {
        claim: 'what of it is swapped out',
        command: `grep -E 'VmRSS|VmSwap' /proc/${process.pid}/status`,
        output: `VmRSS: ${process.residentKb} kB\nVmSwap: ${process.swappedKb} kB`,
      },
      ...(memory === undefined
        ? []
        : [
            {
              claim: 'how much the machine waits for memory',
              command: 'cat /proc/pressure/memory',
              output: `some avg10=${memory.toFixed(2)}`,
            },
          ]),
    ],
    next: [{ text: 'See who uses the memory.', command: 'ps -eo pid,rss,comm --sort=-rss | head' }],
    doubts: [],
  };
}

const HEALTHY = { where: 'none', kind: 'requested', suspects: [], next: [], doubts: [] } as const;

export async function busy(scene: Scene): Promise<Story> {
  const { worst } = scene;
  const { run } = shares(worst.samples);
  const moved = worst.samples.movedBytes;
  return {
    ...HEALTHY,
    title: 'healthy and busy',
    rule: 'slow-busy',
    confidence: 'likely',
    headline: `${whoIs(scene, worst)} is at work and gets on: it ran in ${percent(run)} of the time${moved ? `, and read and wrote ${size(moved)}` : ''}.`,
    evidence: [sampled(scene, worst, 'it runs, and what it does goes somewhere')],
    next: [
      {
        text: 'To make it quicker, see where its time goes.',
        command: `perf top -g -p ${scene.process.pid}`,
      },
    ],
  };
}

const RESTS: Readonly<Record<string, string>> = {
  timer: 'it sleeps until a timer that it set itself',
  events: 'it waits for something to happen',
  connection: 'it waits for somebody to connect',
  terminal: 'it waits for somebody to type',
  signal: 'it waits for a signal',
};

export async function idle(scene: Scene): Promise<Story> {
  const { worst, process } = scene;
  const call = callOf(worst);
  const does = RESTS[worst.waitsFor ?? ''] ?? 'it waits for work';
  return {
    ...HEALTHY,
    title: 'healthy and idle',
    rule: 'slow-idle',
    confidence: 'likely',
    headline: `${whoIs(scene, worst)} is idle${forHowLong(worst)}: ${does}${call ? `, in ${call}` : ''}.`,
    evidence: [sleepEvidence(scene, worst)],
    next: [
      {
        text: 'If it should be at work, look for who should give it something to do.',
        command: process.isKernel
          ? `cat /proc/${process.pid}/stack`
          : `ls -l /proc/${process.pid}/fd`,
      },
    ],
    doubts: ['what it waits for may itself be late'],
  };
}

/** It sleeps, and what for is not to be seen. */
export async function unknown(scene: Scene): Promise<Story> {
  const { worst, instruments, process } = scene;
  const looked = await instruments.stacks([worst.samples.tid], 1);
  const stack = looked?.evidence(worst.samples.tid, 'where it waits');
  return {
    ...NOTHING,
    where: 'none',
    kind: 'undecided',
    title: 'waits, and what for is not to be seen',
    rule: 'slow-unknown',
    confidence: null,
    headline: `${whoIs(scene, worst)} sleeps${forHowLong(worst)}${worst.wait?.wchan ? ` in ${worst.wait.wchan}` : ''}; what it waits for could not be told.`,
    evidence: [sleepEvidence(scene, worst), ...(stack ? [stack] : [])],
    next: [
      {
        text: 'Look again as root, or as the owner of the process.',
        command: `sudo inquest slow ${process.pid}`,
      },
    ],
  };
}
