// A thread that wants to run and is not let: others have the CPU, or a quota holds it back.
import { suspect } from '../../rules/kit/define.ts';
import { join } from '../../rules/kit/text.ts';
import { shares } from '../process/classify.ts';
import { type Competitor, competitors, policyText } from '../process/competitors.ts';
import { field, textOf } from '../process/proc.ts';
import { sampled } from './evidence.ts';
import {
  asTask,
  percent,
  quoted,
  type Scene,
  type SeenThread,
  type Story,
  span,
  threadTask,
  whoIs,
} from './scene.ts';

const LOOK_MS = 400;
const MOST = 4;

export async function starved(scene: Scene): Promise<Story> {
  const { worst, process, signal } = scene;
  const { samples } = worst;
  const status = textOf(`/proc/${process.pid}/task/${samples.tid}/status`) ?? '';
  const allowed = field(status, 'Cpus_allowed_list') ?? '';
  const rivals = await competitors(process.pid, cpusOf(allowed), LOOK_MS, signal);
  const above = rivals.filter((rival) => isAbove(rival, samples));
  const shown = (above.length > 0 ? above : rivals).slice(0, MOST);
  const { run, delay } = shares(samples);
  const names = shown.map((rival) => `${rival.comm} (pid ${rival.pid}, ${policyText(rival)})`);
  const who = whoIs(scene, worst);
  const claim = `it is ${policyText(samples)}, and may run on CPU ${allowed}`;
  return {
    where: 'user',
    kind: 'slow',
    title:
      above.length > 0
        ? 'starved of CPU by others of higher priority'
        : 'starved of CPU: too much wants to run',
    rule: 'slow-starved',
    confidence: above.length > 0 ? 'likely' : 'possible',
    headline: `${who} is ready to run and gets no CPU: in ${percent(delay)} of the time it waited for one, and ran in ${percent(run)}${names.length > 0 ? `; ${join(names)} ${names.length > 1 ? 'have' : 'has'} it` : ''}.`,
    suspects: [
      ...shown.map((rival) =>
        suspect(
          'culprit',
          `it took ${percent(rival.share)} of CPU ${rival.cpu}, as ${policyText(rival)}`,
          {
            task: asTask(rival.pid, rival.tid, rival.comm),
            cpu: rival.cpu,
          },
        ),
      ),
      suspect('victim', `it is ${policyText(samples)}`, {
        task: threadTask(scene, worst),
        cpu: samples.cpu,
      }),
    ],
    evidence: [
      sampled(scene, worst, 'it was ready, and no CPU was there for it'),
      {
        claim,
        command: `grep Cpus_allowed_list /proc/${process.pid}/task/${samples.tid}/status`,
        output: `Cpus_allowed_list:\t${allowed}`,
      },
      ...(shown.length > 0 ? [rivalsEvidence(shown)] : []),
    ],
    next: shown[0]
      ? [
          {
            text: `Look at ${shown[0].comm}: does it have to run so much, at that priority?`,
            command: `inquest slow ${shown[0].pid}`,
          },
          {
            text: 'Let it run on more CPUs, or raise its priority.',
            command: `taskset -cp ${samples.tid}; chrt -p ${samples.tid}`,
          },
        ]
      : [{ text: 'See who runs.', command: 'top -H -b -n 1 | head -20' }],
    doubts: [
      ...(shown.length === 0
        ? ['who had the CPU was not seen: they were too short, too many, or hidden']
        : []),
      ...(delay + run > 0.95 ? ['it never sleeps: it may be in an endless loop besides'] : []),
    ],
  };
}

const rivalsEvidence = (shown: readonly Competitor[]) => ({
  claim: 'who ran on those CPUs meanwhile',
  command: `ps -L -o pid,tid,cls,rtprio,ni,psr,pcpu,comm -p ${[...new Set(shown.map(({ pid }) => pid))].join(',')}`,
  output: shown
    .map(
      (rival) =>
        `${rival.pid} ${rival.tid} ${policyText(rival)} CPU ${rival.cpu} ${percent(rival.share)} ${rival.comm}`,
    )
    .join('\n'),
});

/** Of a class or a weight that goes before it. */
function isAbove(rival: Competitor, own: SeenThread['samples']): boolean {
  const rank = ({
    policy,
    rtPriority,
    nice,
  }: Pick<Competitor, 'policy' | 'rtPriority' | 'nice'>): number => {
    if (policy === 6) return 1000;
    if (policy === 1 || policy === 2) return 100 + rtPriority;
    return policy === 5 ? -100 : -nice;
  };
  return rank(rival) > rank(own);
}

const MOST_CPUS = 8192;

/** `0-3,8` */
function cpusOf(list: string): Set<number> {
  const cpus = new Set<number>();
  for (const part of list.split(',')) {
    const [from = Number.NaN, to = from] = part.split('-').map(Number);
    for (let cpu = from; cpu <= to && cpu < MOST_CPUS; cpu++) cpus.add(cpu);
  }
  return cpus;
}

export async function throttled(scene: Scene): Promise<Story> {
  const { worst, process } = scene;
  const group = process.throttles;
  const quota =
    group?.quotaMs != null && group.periodMs != null
      ? `${span(group.quotaMs)} of CPU time in every ${span(group.periodMs)}`
      : 'a limit';
  const path = group?.path ?? '';
  return {
    where: 'user',
    kind: 'slow',
    title: 'throttled by the CPU quota of its control group',
    rule: 'slow-throttled',
    confidence: 'proven',
    headline: `${whoIs(scene, worst)} is held back by the CPU quota of its control group ${path}, which allows ${quota}: it was throttled in ${group?.throttled} of ${group?.periods} periods.`,
    suspects: [
      suspect('victim', 'it is ready to run, and its group has used up its CPU time', {
        task: threadTask(scene, worst),
        cpu: worst.samples.cpu,
      }),
    ],
    evidence: [
      sampled(scene, worst, 'it was ready, and was not let'),
      {
        claim: `while it was looked at, ${span(group?.throttledMs ?? 0)} were held back`,
        command: `cat ${quoted(`${path}/cpu.stat`)}`,
        output: `nr_throttled +${group?.throttled}`,
      },
    ],
    next: [
      {
        text: 'Raise the quota of that group, or let the program do less.',
        command: `grep . ${quoted(path)}/cpu.*`,
      },
    ],
    doubts: [],
  };
}
