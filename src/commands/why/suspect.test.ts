// What points at one, and what clears it, on scenes.
import { expect, test } from 'vitest';
import {
  cpu,
  frame,
  idleCpu,
  inLine,
  lookAt,
  onFile,
  onLock,
  panic,
  realTime,
  running,
  type Scene,
  spinning,
  task,
  waiting,
} from '../../../testkit/scene.ts';
import { exonerate, suspect } from '../../rules/kit/define.ts';
import type { Verdict } from '../../rules/kit/verdict.ts';
import { CommandError } from '../kit/define.ts';
import { suspicionOf } from './suspect.ts';

const verdict: Verdict = {
  schema: 'inquest.verdict/1',
  headline: 'Something happened.',
  trigger: {
    kind: 'panic',
    detector: 'none',
    function: null,
    module: null,
    message: null,
    cpu: 0,
    pid: 1,
    uptimeSeconds: 100,
    parameters: {},
  },
  verdict: { where: 'none', kind: 'undecided', title: 'nothing', rule: null, confidence: null },
  signature: { text: '', family: '', strict: '', corrupt: false },
  suspects: [],
  chain: [],
  cpus: [],
  evidence: [],
  exonerated: [],
  doubts: [],
  next: [],
  rules: [],
};

/** A dump whose every command prints all that anybody wants to see. */
const askAll = (wanted: string) => async () => wanted;

async function on(
  asked: string,
  scene: Scene,
  about: Partial<Verdict> = {},
  ask: (line: string) => Promise<string | undefined> = async () => undefined,
) {
  return suspicionOf(asked, { ...verdict, ...about }, lookAt(scene), ask);
}

/** As above, with what was said on each side; a claim whose command shows nothing stands among the doubts. */
async function claims(asked: string, scene: Scene, about: Partial<Verdict> = {}) {
  const { pointsAtIt, clearsIt, beside, doubts, standing } = await on(asked, scene, about);
  return {
    standing,
    points: pointsAtIt.map(({ claim }) => claim),
    clears: clearsIt.map(({ claim }) => claim),
    beside: beside.map(({ claim }) => claim),
    unseen: doubts.join('\n'),
  };
}

test('a task that slept, held nothing and kept nobody waiting: nothing points at it', async () => {
  const { standing, points, clears, unseen } = await claims('7', { tasks: [task(7)] });
  expect(standing).toBe('nothing');
  expect(points).toEqual([]);
  expect(clears).toEqual(['it holds no lock in the kernel that any sleeper was found to wait for']);
  expect(unseen).toContain('it slept, on no CPU: it last ran 1.00 s before the end');
  expect((await on('7', { tasks: [task(7)] })).headline).toBe(
    'Nothing in this dump points at program-7 (pid 7).',
  );
});

test('a remark stands only where its command shows it', async () => {
  const scene = { tasks: [task(7)] };
  const line = '[0 00:00:01.000] [IN]  PID: 7   COMMAND: "program-7"';
  const seen = await on('7', scene, {}, askAll(line));
  expect(seen.beside[0]).toMatchObject({ command: 'ps -m 7', output: line });
  const unseen = await on('7', scene, {}, askAll('nothing of it'));
  expect(unseen.beside).toEqual([]);
  expect(unseen.doubts.join()).toContain('is withdrawn: “ps -m 7” does not show it');
});

const kept = {
  tasks: [running(7, 0, 30, realTime(50)), waiting(8, 0, 20)],
  cpus: [cpu(0, 7, 30), idleCpu(1)],
};

test('who kept a CPU while others waited, and who waited', async () => {
  const seven = await on('7', kept, {}, askAll('PID: 7  CPU: 0 \n  rt_priority = 50,\n'));
  expect(seven.pointsAtIt.map(({ claim }) => claim)).toEqual([
    'it was on CPU 0 in user mode, for 30.0 s; 1 task waited for that CPU, the longest for 20.0 s',
  ]);
  expect(seven.standing).toBe('involved');
  expect(seven.beside.map(({ claim }) => claim).join()).toContain('it is real-time (SCHED_RR 50)');
  const eight = await claims('8', kept);
  expect(eight.points).toEqual([]);
  expect(eight.unseen).toContain('it wanted CPU 0 for 20.0 s and did not get it');
});

test('a CPU that nobody else wanted points at nobody', async () => {
  const { points, unseen } = await claims('7', { ...kept, tasks: [running(7, 0, 30)] });
  expect(points).toEqual([]);
  expect(unseen).toContain('nobody waited for that CPU');
});

test('who holds a lock that others wait for, and who stands in line', async () => {
  const scene = { tasks: [task(7), task(8)], kernelWaits: [inLine(8, 'a', 7, 30)] };
  expect((await claims('7', scene)).unseen).toContain(
    'it holds mutex a [driver], for which 1 task waits',
  );
  expect((await claims('8', scene)).unseen).toContain('which pid 7 holds: it is held up itself');
});

test('locks of programs, on files and spinlocks are locks, too', async () => {
  const tasks = [task(7), task(8), running(9, 1, 14)];
  const at = async (scene: Scene) => (await claims('7', { tasks, ...scene })).unseen;
  expect(await at({ futexWaits: [onLock(8, '0x1000', 7, 20)] })).toContain(
    'it holds the lock of its program at 0x1000, for which pid 8 waits',
  );
  expect(await at({ fileLocks: [onFile(8, '/a/file', 7, 20)] })).toContain('the lock on /a/file');
  expect(await at({ kernelLoops: [spinning(1, 9, 's_lock', [[0, 7]])] })).toContain(
    'its code holds spinlock s_lock [driver], on which CPU 1 (pid 9) spins',
  );
});

test('what the verdict says of a task stands first, with its evidence', async () => {
  const named = { pid: 7, tgid: 7, comm: 'seven', task: '0xffff7' };
  const about: Partial<Verdict> = {
    verdict: { where: 'user', kind: 'loop', title: 't', rule: 'some-rule', confidence: 'proven' },
    suspects: [suspect('culprit', 'it looped', { task: named })],
    evidence: [
      { claim: 'it runs', command: 'ps 7', output: 'line' },
      { claim: 'another runs', command: 'ps 17', output: 'line' },
    ],
  };
  const { standing, pointsAtIt } = await on('7', { tasks: [task(7)] }, about, askAll('line\n'));
  expect(standing).toBe('blamed');
  expect(pointsAtIt).toEqual([
    { claim: 'culprit: it looped', rule: 'some-rule', command: null, output: '' },
    { claim: 'it runs', rule: 'some-rule', command: 'ps 7', output: 'line' },
  ]);
});

test('a victim suffers; who is cleared is cleared', async () => {
  const named = { pid: 7, tgid: 7, comm: 'program-7', task: '0xffff7' };
  const suffers = { suspects: [suspect('victim', 'it waited', { task: named })] };
  expect((await claims('7', { tasks: [task(7)] }, suffers)).standing).toBe('suffers');
  const {
    says: _,
    absent: __,
    ...innocent
  } = exonerate('task', 'program-7 (pid 7)', 'a messenger', 'bt 7');
  const found = await on('7', { tasks: [task(7)] }, { exonerated: [innocent] }, askAll('x'));
  expect(found.standing).toBe('cleared');
  expect(found.clearsIt[0]).toMatchObject({ claim: 'a messenger', command: 'bt 7' });
});

const module = (onStacksOf: readonly number[], taints = '') => ({
  modules: { modules: [{ name: 'my_driver', taints, onStacksOf }], stacks: 10, wholeStacks: 9 },
});

test('a module on no stack; one that is loaded under a file’s name', async () => {
  const found = await on('my-driver', module([]), {}, askAll('#1 f at 0 [another]'));
  expect(found).toMatchObject({ kind: 'module', name: 'my_driver', standing: 'nothing' });
  expect(found.clearsIt[0]?.claim).toContain(
    'on any of 10 stacks, 1 of which could not be unwound',
  );
  const shown = await on('my_driver', module([]), {}, askAll('#1 f at 0 [my_driver]'));
  expect(shown.clearsIt).toEqual([]);
  expect(shown.doubts.join()).toContain('“foreach bt” shows otherwise');
});

test('a module on stacks, with a lock that is waited for, and a taint that proves nothing', async () => {
  const lock = inLine(8, 'a', 7, 30);
  const { queue } = lock;
  const object = { ...queue?.object, module: 'my_driver' };
  const scene = {
    ...module([7, 8], 'OE'),
    tasks: [running(7, 0, 5), task(8)],
    kernelWaits: [{ ...lock, queue: { ...queue, object } }] as (typeof lock)[],
  };
  const { unseen } = await claims('my_driver', scene);
  expect(unseen).toContain(
    'stand on 2 stacks of 10, 1 of them on a CPU: program-7 (pid 7) and program-8 (pid 8)',
  );
  expect(unseen).toContain('1 task waits for its lock mutex a [my_driver], which pid 7 holds');
  expect(unseen).toContain('built outside of the kernel’s own tree and it is not signed');
});

test('a module whose code carried the news, and one in which the kernel faulted', async () => {
  const messenger = panic({ messengers: [frame('panic'), frame('f', 'my_driver')] });
  const here = { ...module([1]), tasks: [running(1, 0, 5)] };
  expect((await claims('my_driver', { ...here, trigger: messenger })).unseen).toContain(
    'carried the news',
  );
  const oops = panic({ kind: 'oops', function: 'f', module: 'my_driver' });
  expect((await claims('my_driver', { ...here, trigger: oops })).unseen).toContain(
    'faulted in its function f',
  );
});

test('neither a task nor a module: what to write instead', async () => {
  const scene = { tasks: [task(7, { comm: 'daemon' })] };
  const complaint = async (asked: string) => {
    const error: unknown = await on(asked, scene).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CommandError);
    return (error as CommandError).message;
  };
  expect(await complaint('9')).toContain('no task has PID 9');
  expect(await complaint('daemon')).toContain('tasks of that name have PID 7');
  expect(await complaint('nosuch')).toContain('`ps` and `mod`');
});
