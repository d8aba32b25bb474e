// ps and set on the whole dumps, as crash 9.0.2 answered: field by field, and byte for byte.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { runLine } from '../../src/commands/kit/run.ts';
import { newSession } from '../../src/commands/kit/session.ts';
import type { PsTask } from '../../src/commands/ps/table.ts';
import type { PsTimes } from '../../src/commands/ps/times.ts';
import { openDump } from '../../src/doors/open.ts';
import type { Dump } from '../../src/types/dump.ts';
import {
  type AnsweredDump,
  answeredDumps,
  crashLines,
  crashPs,
  crashPsTimes,
  recordedLines,
} from '../oracle/answers.ts';

const folder = process.env.INQUEST_DUMPS ?? '';

const dumps = new Map<string, Promise<Dump>>();
function opened(name: string): Promise<Dump> {
  const dump = dumps.get(name) ?? openDump([`${folder}/${name}/vmcore`]);
  dumps.set(name, dump);
  return dump;
}
afterAll(async () => {
  for (const dump of dumps.values()) (await dump).close();
});

/** A file of answers, each below its command; `set` and `ps -A` depend on those before. */
function recorded(dump: AnsweredDump, name: string): { command: string; text: string }[] {
  const crash = dump === 'soft-lockup' ? 'crash--no_modules' : 'crash';
  const file = new URL(`../../testdata/answers/${dump}/${crash}/${name}.txt.gz`, import.meta.url);
  const answers = gunzipSync(readFileSync(file))
    .toString('utf8')
    .split(/^# crash: /m)
    .slice(1);
  return answers.map((answer) => {
    const end = answer.indexOf('\n');
    return { command: answer.slice(0, end), text: answer.slice(end + 1) };
  });
}

/** What docs/differences.md explains: ours is not crash's text. */
const different: Readonly<Record<string, string>> = {
  'ps -y 7': '      PID    PPID  CPU       TASK        ST  %MEM      VSZ      RSS  COMM\n',
  'ps -y EXT': '      PID    PPID  CPU       TASK        ST  %MEM      VSZ      RSS  COMM\n',
  'set namelist': 'namelist: (none)\n',
};

/** crash's errors stand among its output: what our text and error together are. */
function expected(command: string, text: string): string {
  const known = different[command];
  if (known !== undefined) return known;
  // After its complaint crash goes on with the tasks that there are, a header without any.
  const complaint = /^(ps: invalid task or pid value: .*\n)\n(.*)$/s.exec(text);
  if (!complaint) return text;
  const [, error = '', rest = ''] = complaint;
  return rest.split('\n').length > 2 ? rest : error;
}

describe.each(answeredDumps)('%s', (name) => {
  test('ps: every row, every field', async () => {
    const answer = await runLine({ dump: await opened(name), session: newSession() }, 'ps');
    expect(answer.warnings).toEqual([]);
    if (!answer.ok) throw new Error(answer.error.message);
    const rows = answer.data as PsTask[];
    const ours = rows.map((row) => ({
      pid: row.pid,
      ppid: row.ppid,
      cpu: row.cpu,
      task: row.task,
      state: row.state,
      memPercent: Number(row.memPercent?.toFixed(1)),
      vszKb: row.vszKb,
      rssKb: row.rssKb,
      comm: row.comm,
      isKernelThread: row.kernelThread,
      isOnCpu: row.running,
    }));
    expect(ours).toEqual(crashPs(name));
    expect(answer.text.split('\n')).toEqual([...crashLines(name, 'ps'), '']);
  });

  test('ps: policy, priority and process, as drgn reads them', async () => {
    const answer = await runLine({ dump: await opened(name), session: newSession() }, 'ps');
    if (!answer.ok) throw new Error(answer.error.message);
    const ours = (answer.data as PsTask[])
      .filter(({ pid }) => pid !== 0)
      .map((row) =>
        [row.pid, row.tgid, row.task.slice(2), row.policy, row.prio, row.ppid].join(' '),
      );
    const policies = ['NORMAL', 'FIFO', 'RR'];
    const theirs = recordedLines(name, 'drgn', 'scheduling').map((line) => {
      const words = line.split(' ');
      words[3] = policies[Number(words[3])] ?? '';
      return words.join(' ');
    });
    expect(ours).toEqual(theirs);
  });

  test('ps -t: every task, and its text', async () => {
    const answer = await runLine({ dump: await opened(name), session: newSession() }, 'ps -t');
    expect(answer.warnings).toEqual([]);
    if (!answer.ok) throw new Error(answer.error.message);
    const ours = (answer.data as PsTimes).tasks.map((task) => ({
      pid: task.pid,
      task: task.task,
      cpu: task.cpu,
      comm: task.comm,
      runTimeSeconds: task.runTimeSeconds,
      startTimeNs: task.startTimeNs,
      utimeNs: task.utimeNs,
      stimeNs: task.stimeNs,
    }));
    expect(ours).toEqual(crashPsTimes(name));
    expect(answer.text.trimEnd().split('\n')).toEqual(
      crashLines(name, 'ps-t').join('\n').trimEnd().split('\n'),
    );
  });

  test('options: the text', async () => {
    const dump = await opened(name);
    const asked = recorded(name, 'ps-options');
    expect(asked.length).toBeGreaterThan(3);
    for (const { command, text } of asked) {
      const answer = await runLine({ dump, session: newSession() }, command);
      const ours = answer.ok ? answer.text : `${answer.error.message}\n`;
      expect({ command, text: ours }).toEqual({ command, text: expected(command, text) });
    }
  });
});

/** The layout of crash after 9.0.2, which 9.0.2 cannot show. */
test('ps -Y: policy and priority', async () => {
  const dump = await opened('rt-loop');
  const answer = await runLine({ dump, session: newSession() }, 'ps -Y -y RR');
  expect(answer.ok && answer.text).toBe(
    `      PID    PPID  CPU       TASK        POLICY       PRIO  COMM
      218       1   1  ffff88c941ea0000  RR             98  watchdog
>     237     233   0  ffff88c941ea2100  RR              0  loop.sh
>     242     233   1  ffff88c942514200  RR              0  loop.sh
`,
  );
});

test('set: a whole session, in order', async () => {
  const dump = await opened('rt-loop');
  const session = newSession();
  for (const { command, text } of recorded('rt-loop', 'set-session')) {
    const answer = await runLine({ dump, session }, command);
    const ours = answer.ok ? answer.text : `${answer.error.message}\n`;
    // The files are named as they were given to each.
    const files = (all: string) => all.replace(/^( +(?:namelist|dumpfile): ).*$/gm, '$1');
    expect({ command, text: files(ours) }).toEqual({
      command,
      text: files(expected(command, text)),
    });
  }
});
