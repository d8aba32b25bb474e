// The recordings parse whole: a parser that drops lines would make every comparison easy.
import { describe, expect, it } from 'vitest';
import {
  answeredDumps,
  crashBacktraces,
  crashLines,
  crashModules,
  crashPs,
  crashPsTimes,
  crashRunqueues,
  crashSys,
  seconds,
} from './oracle/answers.ts';
import {
  drgnBacktraces,
  drgnModules,
  drgnPs,
  drgnPsTimes,
  drgnRunqueues,
  drgnStopped,
  drgnSys,
} from './oracle/drgn-answers.ts';

describe.each(answeredDumps)('recorded answers: %s', (dump) => {
  it('has as many tasks as sys counts', () => {
    expect(crashPs(dump)).toHaveLength(Number(crashSys(dump).get('TASKS')));
    expect(crashPsTimes(dump)).toHaveLength(crashPs(dump).length);
    expect(crashBacktraces(dump, 'foreach-bt')).toHaveLength(crashPs(dump).length);
  });

  it('loses no line of a trace', () => {
    const frames = crashBacktraces(dump, 'foreach-bt').reduce((n, t) => n + t.frames.length, 0);
    const printed = crashLines(dump, 'foreach-bt').filter((l) => /^ ?#\d+ \[/.test(l)).length;
    expect(frames).toBe(printed);
    for (const trace of crashBacktraces(dump, 'bt-a')) {
      expect(trace.frames.length).toBeGreaterThan(1);
      expect(trace.frames.map((f) => f.index)).toEqual(trace.frames.map((_, i) => i));
    }
  });

  it('knows what runs on each CPU', () => {
    const queues = crashRunqueues(dump);
    const onCpu = crashPs(dump).filter((t) => t.isOnCpu);
    expect(queues.map((q) => q.current?.task).sort()).toEqual(onCpu.map((t) => t.task).sort());
    expect(drgnRunqueues(dump).map((q) => q.runqueue)).toEqual(queues.map((q) => q.runqueue));
    expect(drgnRunqueues(dump).map((q) => q.currentTask)).toEqual(
      queues.map((q) => q.current?.task),
    );
  });

  it('has crash and drgn agree where both have the whole list', () => {
    if (!drgnStopped(dump, 'ps')) {
      expect(
        drgnPs(dump)
          .map((t) => t.task)
          .sort(),
      ).toEqual(
        crashPs(dump)
          .map((t) => t.task)
          .sort(),
      );
      expect(drgnPsTimes(dump)).toHaveLength(drgnPs(dump).length);
      expect(drgnBacktraces(dump, 'foreach-bt')).toHaveLength(drgnPs(dump).length);
    }
    if (dump !== 'soft-lockup')
      expect(
        drgnModules(dump)
          .map((m) => m.address)
          .sort(),
      ).toEqual(
        crashModules(dump)
          .map((m) => m.address)
          .sort(),
      );
    expect(drgnSys(dump).get('release')).toBe(crashSys(dump).get('RELEASE'));
  });
});

it('reads durations with and without days', () => {
  expect(seconds('00:01:31')).toBe(91);
  expect(seconds('2 days, 01:00:02')).toBe(2 * 86400 + 3602);
});
