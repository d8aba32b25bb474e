// What a state alone says: stopped, traced, ended.
import { suspect } from '../../rules/kit/define.ts';
import { other } from '../process/holders.ts';
import { sampled } from './evidence.ts';
import { asTask, type Scene, type Story, threadTask, whoIs } from './scene.ts';

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
