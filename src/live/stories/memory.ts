// A thread that waits for its own memory.
import { suspect } from '../../rules/kit/define.ts';
import { pressure } from '../process/device.ts';
import { sampled } from './evidence.ts';
import { type Scene, type Story, size, threadTask, whoIs } from './scene.ts';

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
