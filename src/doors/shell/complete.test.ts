import { afterAll, beforeAll, expect, test } from 'vitest';
import { newSession } from '../../commands/kit/session.ts';
import type { Dump } from '../../types/dump.ts';
import { openDump } from '../open.ts';
import { complete } from './complete.ts';

let dump: Dump;
beforeAll(async () => {
  dump = await openDump(['testdata/dumps/rt-loop/vmcore']);
}, 60_000);
afterAll(() => dump.close());

const session = newSession();
session.aliases.set('mine', 'ps -u');
const offered = async (text: string) => complete({ dump, session }, text);

test.each([
  ['fore', ['foreach '], 'fore'],
  ['  mi', ['mine '], 'mi'],
  ['help fore', ['foreach'], 'fore'],
  ['runq -', ['-T', '-c', '-g', '-m', '-t'], '-'],
  ['sym panic_on_oo', ['panic_on_oops'], 'panic_on_oo'],
  ['p 1 + panic_on_oo', ['panic_on_oops'], 'panic_on_oo'],
  ['whatis rt_mutex_waite', ['rt_mutex_waiter'], 'rt_mutex_waite'],
  ['struct rt_mutex_b', ['rt_mutex_base'], 'rt_mutex_b'],
  ['struct -o rt_mutex_b', ['rt_mutex_base'], 'rt_mutex_b'],
  ['struct task_struct init_ta', ['init_table', 'init_task'], 'init_ta'],
  ['p sizeof(struct rt_mutex_b', ['rt_mutex_base'], 'rt_mutex_b'],
  ['ps watch', ['watchdog'], 'watch'],
  ['mine watch', ['watchdog'], 'watch'],
  ['repeat -2 ps watch', ['watchdog'], 'watch'],
  ['task 23', ['23', '230', '232', '233', '237'], '23'],
  ['set ra', ['radix'], 'ra'],
  ['mod -s ipmi_wat', ['ipmi_watchdog'], 'ipmi_wat'],
  ['struct task_struct.nr_dirtied_', ['nr_dirtied_pause'], 'nr_dirtied_'],
  ['task_struct.pid,nr_dirtied_', ['nr_dirtied_pause'], 'nr_dirtied_'],
  ['p init_task.real_par', ['real_parent'], 'real_par'],
  ['p init_task.real_parent->thread_n', ['thread_node'], 'thread_n'],
  ['p ((struct task_struct *)0xff00)->thread_n', ['thread_node'], 'thread_n'],
  ['p per_cpu(runqueues, 1).nr_runn', ['nr_running'], 'nr_runn'],
  ['p init_task.cpus_mask.b', ['bits'], 'b'],
])('%s', async (text, candidates, word) => {
  expect(await offered(text)).toEqual([candidates, word]);
});

test('foreach RU bt -: the options of bt', async () => {
  expect(await offered('foreach RU bt -')).toEqual(await offered('bt -'));
});

test('too many to read: what they have in common, or the first of them', async () => {
  expect(await offered('sym __x64_')).toEqual([
    expect.arrayContaining(['__x64_compat_sys_execve', expect.stringMatching(/^… and \d+ more/)]),
    '__x64_',
  ]);
  expect(await offered('sym __x64')).toEqual([['__x64_'], '__x64']);
});

test('nothing where there is nothing to offer', async () => {
  for (const text of ['p (', 'struct no_such_type.', 'p 1 + 1->', 'bt zz', 'p ))->a'])
    expect((await offered(text))[0].filter((word) => word.startsWith('zz'))).toEqual([]);
});
