// What a signature keeps, and what it must not depend on.
import { expect, test } from 'vitest';
import { frame } from '../../../testkit/scene.ts';
import type { FrameFact } from '../../facts/kit/frames.ts';
import { suspect } from './define.ts';
import { signatureOf } from './signature.ts';
import type { Suspect, VerdictCore, VerdictTrigger } from './verdict.ts';

const trigger: VerdictTrigger = {
  kind: 'panic',
  detector: 'hung-task',
  function: 'watchdog',
  module: null,
  message: 'hung_task: blocked tasks',
  cpu: 0,
  pid: 34,
  uptimeSeconds: 25.1,
  parameters: { timeout: 12 },
};

const core = (about: Partial<VerdictCore> = {}): VerdictCore => ({
  where: 'kernel',
  kind: 'deadlock',
  title: 'a ring of 2 locks',
  rule: 'some-rule',
  confidence: 'proven',
  ...about,
});

const machine = { arch: 'x86_64', release: '6.12.1' };

interface Given {
  readonly verdict?: Partial<VerdictCore>;
  readonly trigger?: Partial<VerdictTrigger>;
  readonly suspects?: readonly Suspect[];
  readonly stack?: readonly FrameFact[];
  readonly release?: string;
  readonly fired?: readonly string[];
}

const sign = ({ verdict, trigger: other, suspects, stack, release, fired }: Given) =>
  signatureOf(
    {
      trigger: { ...trigger, ...other },
      verdict: core(verdict),
      suspects: [...(suspects ?? [])],
      rules: (fired ?? []).map((id) => ({ id, fired: true, because: '' })),
    },
    { machine: { ...machine, release: release ?? '6.12.1' }, stack: stack ?? [], isWhole: true },
  );

const holder = (pid: number, name: string, lock: string, address: string) =>
  suspect('culprit', `for ${pid}.0 s`, {
    task: { pid, tgid: pid, comm: `task-${pid}`, task: `0xffff${pid}` },
    cpu: pid % 2,
    object: { type: 'mutex', name: lock, address, module: 'driver' },
    function: { name, module: 'driver' },
  });

test('a ring is the same wherever it begins, on whichever boot, build and release', () => {
  const one = sign({
    suspects: [holder(7, 'f', 'a_lock', '0xffff1'), holder(8, 'g', 'b_lock', '0xffff2')],
  });
  const other = sign({
    suspects: [
      holder(9, 'g.isra.0', 'b_lock+0x40', '0xffff4'),
      holder(4, 'f.constprop.0.cold', 'a_lock', '0xffff3'),
    ],
    trigger: { uptimeSeconds: 99, pid: 35, cpu: 3 },
    release: '5.10.9',
  });
  expect(one.text).toBe(
    'v1:x86_64:kernel-deadlock:hung-task:some-rule:f[driver]+mutex.a_lock[driver],g[driver]+mutex.b_lock[driver]',
  );
  expect(other.text).toBe(one.text);
  expect(other.family).toBe(one.family);
  expect(other.strict).not.toBe(one.strict);
  expect(one.family).toMatch(/^[0-9a-f]{16}$/);
});

test('another lock, another function or another trigger is another fault', () => {
  const texts = [
    sign({ suspects: [holder(7, 'f', 'a_lock', '0x1')] }),
    sign({ suspects: [holder(7, 'f', 'c_lock', '0x1')] }),
    sign({ suspects: [holder(7, 'h', 'a_lock', '0x1')] }),
    sign({ suspects: [holder(7, 'f', 'a_lock', '0x1')], trigger: { detector: 'softlockup' } }),
  ].map(({ family }) => family);
  expect(new Set(texts).size).toBe(4);
});

test('programs count by name, each once, without their numbers', () => {
  const loop = (pid: number, comm: string) =>
    suspect('culprit', '', { task: { pid, tgid: pid, comm, task: '0x1' } });
  const about = { where: 'user', kind: 'loop' } as const;
  const one = sign({ verdict: about, suspects: [loop(1, 'worker/0:1'), loop(2, 'worker/12:3')] });
  expect(one.text).toBe('v1:x86_64:user-loop:hung-task:some-rule:worker/N-N');
  expect(sign({ verdict: about, suspects: [loop(3, 'worker/7:7')] }).family).toBe(one.family);
});

const crash = { kind: 'crash', title: 'NULL pointer dereference' } as const;
const faulted = suspect('culprit', '', { function: { name: 'check', module: 'driver' } });

test('a crash is its function and the callers of the same module, without the helpers between', () => {
  const stack = [
    frame('check', 'driver', { isInterrupted: true }),
    frame('check', 'driver'),
    frame('memcpy'),
    frame('submit', 'driver'),
    frame('proc_reg_write'),
    frame('vfs_write'),
  ];
  expect(sign({ verdict: crash, suspects: [faulted], stack }).text).toContain(
    'NULL-pointer-dereference:check[driver]<submit[driver]',
  );
  const newer = stack.map((f) => (f.function === 'proc_reg_write' ? frame('proc_write_iter') : f));
  expect(sign({ verdict: crash, suspects: [faulted], stack: newer }).family).toBe(
    sign({ verdict: crash, suspects: [faulted], stack }).family,
  );
});

test('two ways into one function are two faults; what an interrupt broke in on is none of them', () => {
  const at = (...names: string[]) =>
    sign({
      verdict: crash,
      suspects: [suspect('culprit', '', { function: { name: 'shared', module: null } })],
      stack: ['shared', ...names].map((name) => frame(name)),
    }).text;
  expect(at('one', 'two')).not.toBe(at('other', 'two'));
  expect(at('one', 'asm_common_interrupt', 'innocent')).toBe(at('one'));
});

test('undecided: the rules that found something and where, else who stopped the machine', () => {
  const verdict = { where: 'none', kind: 'undecided', title: '4 tasks slept', rule: null } as const;
  const sleeper = suspect('waiter', '', { function: { name: 'f', module: 'm' } });
  expect(sign({ verdict, fired: ['b', 'a'], suspects: [sleeper] }).text).toBe(
    'v1:x86_64:undecided:hung-task:a,b:f[m]',
  );
  expect(sign({ verdict }).text).toBe('v1:x86_64:undecided:hung-task::watchdog');
});

test('a disk is one of many; the code that waits for it says which slowness it is', () => {
  const slow = (disk: string, waitsIn: string) =>
    sign({
      verdict: { where: 'hardware', kind: 'slow' },
      suspects: [
        suspect('culprit', '', {
          object: { type: 'gendisk', name: disk, address: '0xffff1', module: null },
        }),
        suspect('waiter', '', { function: { name: waitsIn, module: null } }),
      ],
    }).text;
  expect(slow('vdd', 'f')).toBe(slow('sda', 'f'));
  expect(slow('vdd', 'f')).not.toBe(slow('vdd', 'g'));
});
