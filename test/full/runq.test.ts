// runq on the whole dumps: byte for byte what crash said, and the same tasks as drgn found runnable.
import { expect, test } from 'vitest';
import type { RunqData } from '../../src/commands/runq.ts';
import { answeredDumps, crashRunqueues } from '../oracle/answers.ts';
import { drgnRunqueues } from '../oracle/drgn-answers.ts';
import { crashText } from '../oracle/text.ts';
import { ask, dataOf } from './kit.ts';

/** docs/differences.md, runq: crash leaves the stop class out. */
const withoutStop = (text: string): string => text.replace(/ {2}STOP:\n(?: {5}\[.*\n)+/g, '');

test.each(answeredDumps)('%s: runq, -m, -t and -T are what crash prints', async (dump) => {
  const [plain, m, t, T] = await ask(dump, 'runq', 'runq -m', 'runq -t', 'runq -T');
  expect(withoutStop(plain ?? '')).toBe(crashText(dump, 'runq'));
  expect(m).toBe(crashText(dump, 'runq-m'));
  expect(t).toBe(crashText(dump, 'runq-t'));
  expect(T).toBe(crashText(dump, 'runq-T'));
});

// crash 9.0.2 prints nothing for 7.2.
test.each(answeredDumps.filter((dump) => dump !== 'soft-lockup'))(
  '%s: runq -g is what crash prints',
  async (dump) => {
    expect((await ask(dump, 'runq -g'))[0]).toBe(crashText(dump, 'runq-g'));
  },
);

test.each(answeredDumps)('%s: the data says what crash and drgn say', async (name) => {
  const cpus = (await dataOf(name, 'runq')) as RunqData;
  const crash = crashRunqueues(name);
  expect(cpus.map(({ cpu, runqueue }) => ({ cpu, runqueue }))).toEqual(
    crash.map(({ cpu, runqueue }) => ({ cpu, runqueue })),
  );
  for (const [i, cpu] of cpus.entries()) {
    const named = ({ pid, task, comm, prio }: RunqData[number]['rt'][number]) => {
      return { prio, pid, task, comm };
    };
    expect(cpu.current).toMatchObject(crash[i]?.current ?? {});
    expect(cpu.rt.map(named)).toEqual(crash[i]?.rt);
    expect(cpu.fair.filter((task) => !task.isCurrent).map(named)).toEqual(crash[i]?.fair);
  }
  for (const queue of drgnRunqueues(name)) {
    const cpu = cpus.find((one) => one.cpu === queue.cpu);
    expect(cpu?.nrRunning).toBe(queue.nrRunning);
    const listed = [cpu?.stop, cpu?.deadline, cpu?.rt, cpu?.fair].flatMap((queue) => queue ?? []);
    expect(listed.map((task) => task.task).sort()).toEqual(queue.queued.map((q) => q.task).sort());
  }
});

test('soft-lockup: the stoppers that wait are listed, as drgn has them', async () => {
  const cpus = (await dataOf('soft-lockup', 'runq')) as RunqData;
  expect(cpus.map((cpu) => cpu.stop.map((task) => task.comm))).toEqual([
    ['migration/0'],
    ['migration/1'],
  ]);
});

test('a CPU that the machine has not is refused in crash’s words', async () => {
  expect(await ask('healthy', 'runq -c 5', 'runq -c 0,x')).toEqual([
    'runq: invalid cpu specification: 5\n',
    'runq: invalid cpu specification: 0,x\n',
  ]);
});
