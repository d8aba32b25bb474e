// `task` against what crash said of the full dumps, byte for byte.
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { runLine } from '../../src/commands/kit/run.ts';
import { newSession } from '../../src/commands/kit/session.ts';
import { openDump } from '../../src/doors/open.ts';

const folder = process.env.INQUEST_DUMPS ?? '';

const dumps = ['rt-loop', 'rt-loop-510', 'null-deref', 'soft-lockup'] as const;

const recorded = dumps.flatMap((dump) => {
  const from = `testdata/answers/${dump}/${dump === 'soft-lockup' ? 'crash--no_modules' : 'crash'}`;
  return readdirSync(from)
    .filter((name) => name.startsWith('task'))
    .map((name): [string, string, string] => {
      const bytes = readFileSync(`${from}/${name}`);
      const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
      const end = text.indexOf('\n');
      return [dump, text.slice('# crash: '.length, end), text.slice(end + 1).trimEnd()];
    });
});

test('answers of crash were recorded', () => {
  expect(recorded.length).toBeGreaterThan(20);
});

test.each(recorded)('%s: %s', async (name, line, expected) => {
  const dump = await openDump([`${folder}/${name}/vmcore`]);
  const answer = await runLine({ dump, session: newSession() }, line);
  dump.close();
  expect(answer.ok && answer.text.trimEnd().split('\n')).toEqual(expected.split('\n'));
});

describe('rt-loop', () => {
  const asked = async (line: string) => {
    const dump = await openDump([`${folder}/rt-loop/vmcore`]);
    const answer = await runLine({ dump, session: newSession() }, line);
    dump.close();
    // As --json prints it.
    return JSON.parse(JSON.stringify(answer)) as typeof answer;
  };

  test('members that crash refuses are those it shows in their struct', async () => {
    // testdata/answers/rt-loop/crash/task-R-sched_info.txt and task.txt.gz.
    const line = 'task -R sched_info.pcount,sched_info.run_delay,pid_links[3].next,comm[1] 237';
    expect(await asked(line)).toMatchObject({
      data: [
        {
          pid: 237,
          cpu: 0,
          comm: 'loop.sh',
          task: '0xffff88c941ea2100',
          members: {
            'sched_info.pcount': 21,
            'sched_info.run_delay': 7393141,
            'pid_links[3].next': '0xffff88c94251ab20',
            'comm[1]': 111,
          },
          threadInfo: {},
        },
      ],
    });
  });

  test('data: numbers, names, addresses, and digits where a number would lose some', async () => {
    const answer = await asked('task 237');
    const [task] = answer.ok ? (answer.data as { members: unknown; threadInfo: unknown }[]) : [];
    expect(task?.members).toMatchObject({
      flags: 4194560,
      rcu_tasks_idle_cpu: -1,
      comm: 'loop.sh',
      stack_canary: '11656363518587397120',
      sched_class: '0xffffffffb59e4240',
      restart_block: { nanosleep: { type: 'TT_NONE', rmtp: '0x0' } },
      syscall_dispatch: { on_dispatch: false },
      // Of anonymous unions and structs.
      wake_entry: { u_flags: 48, a_flags: { counter: 48 } },
    });
    expect(task?.threadInfo).toEqual({ flags: 0, syscall_work: 0, status: 0, cpu: 0 });
  });

  test.each([
    ['task -R bogus 237', 'task: bogus: not a task_struct or thread_info member'],
    ['task -R se.bogus 237', 'task: invalid data structure member reference: se.bogus'],
    ['task -R pid_links[9] 237', 'task: invalid data structure member reference: pid_links[9]'],
    ['task 99999', 'task: invalid task or pid value: 99999'],
    ['task foo', 'task: invalid task, pid, or task_struct member: foo'],
    ['task -d -x', 'task: -d and -x are mutually exclusive'],
  ])('%s: the error is worded as crash words it', async (line, message) => {
    expect(await asked(line)).toMatchObject({ ok: false, error: { message } });
  });
});
