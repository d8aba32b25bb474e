// Nothing is wrong: it is at work, or has nothing to do.
import { shares } from '../process/classify.ts';
import { callOf, forHowLong, sampled, sleepEvidence } from './evidence.ts';
import { percent, type Scene, type Story, size, whoIs } from './scene.ts';

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
