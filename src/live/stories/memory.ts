// A thread that waits for its own memory.
import { suspect } from '../../rules/kit/define.ts';
import { type MemoryLimit, memoryLimits } from '../process/cgroup.ts';
import { pressure } from '../process/device.ts';
import { sampled } from './evidence.ts';
import { quoted, type Scene, type Story, size, threadTask, whoIs } from './scene.ts';

export async function faulting(scene: Scene): Promise<Story> {
  const { process, worst } = scene;
  const { majorFaults, wallMs } = worst.samples;
  const rate = majorFaults / Math.max(0.001, wallMs / 1000);
  const memory = pressure('memory');
  const isSwapping = process.swappedKb > 0;
  const [limit] = memoryLimits(process.pid);
  const swapped = isSwapping ? `, and ${size(process.swappedKb * 1024)} of it are swapped out` : '';
  const held = limit
    ? `: its control group may have no more than ${size(limit.limitBytes)} of memory`
    : '';
  return {
    where: limit ? 'user' : 'hardware',
    kind: 'exhaustion',
    title: isSwapping
      ? 'its memory is swapped out, and comes back page by page'
      : 'its code or files are read again, page by page',
    rule: 'slow-faulting',
    confidence: 'likely',
    headline: `${whoIs(scene, worst)} waits for its own memory: ${Math.round(rate)} times a second a page had to be read from disk${swapped}${held}.`,
    suspects: [
      ...(limit ? [allowsNoMore(limit)] : []),
      suspect('victim', 'memory is short', { task: threadTask(scene, worst) }),
    ],
    evidence: [
      sampled(scene, worst, 'its time goes into page faults'),
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
      ...(limit
        ? [
            {
              claim: `its control group uses all that it may, ${size(limit.usedBytes)}`,
              command: `cat ${quoted(limit.file)}`,
              output: `${limit.limitBytes}`,
            },
          ]
        : []),
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
    next: [
      limit
        ? {
            text: 'Let the group have more memory, or the program use less.',
            command: `cat ${quoted(limit.file)}`,
          }
        : {
            text: 'See who uses the memory.',
            command: 'ps -eo pid,rss,comm --sort=-rss | head',
          },
    ],
    doubts: [],
  };
}

const allowsNoMore = ({ file, limitBytes }: MemoryLimit) =>
  suspect('culprit', 'it allows no more', {
    object: { type: 'limit', name: file, address: size(limitBytes), module: null },
  });
