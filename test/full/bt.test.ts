// Stacks of the whole dumps against crash's and drgn's recorded answers: frames field by field, text byte for byte.
// Each difference named here is explained in docs/differences.md under `bt` and `foreach`.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { BtFrame, BtTask } from '../../src/commands/bt/data.ts';
import { shown } from '../../src/commands/bt/layout.ts';
import { type Answer, runLine } from '../../src/commands/kit/run.ts';
import { newSession } from '../../src/commands/kit/session.ts';
import { openDump } from '../../src/doors/open.ts';
import {
  type AnsweredDump,
  answeredDumps,
  type CrashFrame,
  crashBacktraces,
} from '../oracle/answers.ts';
import { drgnBacktraces } from '../oracle/drgn-answers.ts';

const folder = process.env.INQUEST_DUMPS ?? '';
const answers = new URL('../../testdata/answers/', import.meta.url);

async function ask(name: AnsweredDump, lines: readonly string[]): Promise<Answer[]> {
  const dump = await openDump([`${folder}/${name}/vmcore`]);
  const found: Answer[] = [];
  for (const line of lines) found.push(await runLine({ dump, session: newSession() }, line));
  dump.close();
  return found;
}

async function traces(name: AnsweredDump): Promise<BtTask[]> {
  const [answer] = await ask(name, ['foreach bt']);
  if (!answer?.ok) throw new Error('foreach bt failed');
  return answer.data as BtTask[];
}

/** A frame as both print it. */
interface Line {
  readonly sp: string;
  readonly function: string;
  readonly pc: string;
  readonly module: string | undefined;
  readonly registers: Readonly<Record<string, string>> | undefined;
}

const theirs = ({ sp, function: name, pc, module, registers }: CrashFrame): Line => ({
  sp,
  function: name,
  pc,
  module,
  registers,
});

/** Ours as crash numbers them: an interrupted function is a line only where another stack begins with it. */
const ours = (frames: readonly BtFrame[]): Line[] =>
  frames
    .filter((frame, i) => !frame.interrupted || frames[i - 1]?.stack !== frame.stack)
    .map(({ sp, symbol, pc, module, exception }) => ({
      sp,
      function: shown(symbol ?? ''),
      pc,
      module: module ?? undefined,
      registers: exception
        ? Object.fromEntries(Object.entries(exception.registers).map(([n, v]) => [n, v ?? '?']))
        : undefined,
    }));

/** Traces that crash gets wrong, by pid: what ours has and crash's has not, and the other way round. */
const WRONG: Partial<
  Record<AnsweredDump, Readonly<Record<number, { more: string[]; less: string[] }>>>
> = {
  'rt-loop': { 237: { more: ['ipmi_wdog_pretimeout_handler.cold'], less: [] } },
  'rt-loop-510': {
    179: {
      more: [
        'ipmi_wdog_pretimeout_handler.cold',
        '__do_softirq',
        'asm_call_irq_on_stack',
        'do_softirq_own_stack',
        'irq_exit_rcu',
        'common_interrupt',
        'asm_common_interrupt',
      ],
      less: ['__softirqentry_text_start', 'asm_call_sysvec_on_stack'],
    },
  },
  'kernel-abba': { 34: { more: ['watchdog.cold'], less: ['_raw_spin_unlock_irqrestore'] } },
};

const withRecorded = answeredDumps.filter((name) => name !== 'soft-lockup');

test.each(withRecorded)('%s: every frame of every stack is crash’s', async (name) => {
  const found = new Map((await traces(name)).map((trace) => [trace.task, trace]));
  const recorded = crashBacktraces(name, 'foreach-bt');
  expect(found.size).toBe(recorded.length);
  for (const trace of recorded) {
    const mine = found.get(trace.task);
    expect(mine).toMatchObject({ pid: trace.pid, comm: trace.comm, cpu: trace.cpu });
    const wrong = WRONG[name]?.[trace.pid];
    const lines = ours(mine?.frames ?? []);
    const more = lines.filter((line) => wrong?.more.includes(line.function));
    const less = trace.frames.filter((frame) => wrong?.less.includes(frame.function));
    expect(more.map((line) => line.function)).toEqual(wrong?.more ?? []);
    expect(less.map((frame) => frame.function)).toEqual(wrong?.less ?? []);
    expect(lines.filter((line) => !more.includes(line))).toEqual(
      trace.frames.filter((frame) => !less.includes(frame)).map(theirs),
    );
  }
});

/** crash, without modules, leaves out their frames and goes on over stale words (13 of 78 traces). */
test('soft-lockup: without modules’ frames ours are among crash’s, in order', async () => {
  const found = new Map((await traces('soft-lockup')).map((trace) => [trace.task, trace]));
  const recorded = crashBacktraces('soft-lockup', 'foreach-bt');
  expect(found.size).toBe(recorded.length);
  let same = 0;
  for (const { task, pid, frames } of recorded) {
    const kept = ours(found.get(task)?.frames ?? []).filter((line) => line.module === undefined);
    if (kept.map((line) => line.pc).join() === frames.map((frame) => frame.pc).join()) same++;
    // Of the second CPU crash does not see the NMI: its frames begin at panic.
    const start = pid === 177 ? kept.findIndex((line) => line.function === 'panic') : 0;
    let at = 0;
    for (const line of kept.slice(start)) {
      at = frames.findIndex((frame, i) => i >= at && frame.pc === line.pc);
      expect(at, `${pid} ${line.function}`).toBeGreaterThanOrEqual(0);
      const frame = frames[at] as CrashFrame;
      expect(frame.function).toBe(line.function);
      expect(frame.registers).toEqual(line.registers);
      // Where the IRQ stack was left crash gives the address of the saved registers.
      const off = frames[at - 1]?.endsStack ? 8n : 0n;
      expect(BigInt(frame.sp)).toBe(BigInt(line.sp) + off);
      at++;
    }
  }
  // 65 alike, and two that lack nothing but a module's frame.
  expect(same).toBe(67);
});

/** drgn names no suffixes, and entry code differently. */
const plain = (symbol: string): string => symbol.replace(/\.(cold|isra|part|constprop).*$/, '');
const isEntry = (symbol: string): boolean =>
  /^(asm_|entry_|end_repeat_nmi|common_startup|secondary_startup|ret_from_fork_asm|__softirqentry|ret_from_fork$)/.test(
    symbol,
  );

test.each(answeredDumps)('%s: drgn’s frames are ours and inlined ones', async (name) => {
  const found = new Map((await traces(name)).map((trace) => [trace.task, trace]));
  let compared = 0;
  for (const { task, pid, frames, error } of drgnBacktraces(name, 'foreach-bt')) {
    const mine = found.get(task);
    if (error || frames.every((frame) => frame.function.startsWith('0x')) || !mine) continue;
    // drgn has no symbols of modules here: their frames are bare addresses.
    const theirs = frames.map((frame) => frame.function);
    const kept = mine.frames.filter(
      ({ symbol, module }) => symbol !== null && module === null && !isEntry(symbol),
    );
    // Of a CPU that was stopped it begins at the saved registers, below the frames of the stop.
    const start = kept.findIndex((frame) => theirs.includes(plain(frame.symbol ?? '')));
    let at = 0;
    for (const frame of kept.slice(Math.max(start, 0))) {
      const next = theirs.indexOf(plain(frame.symbol ?? ''), at);
      expect(next, `${pid} ${frame.symbol}: ${theirs.join(' ')}`).toBeGreaterThanOrEqual(at);
      at = next + 1;
    }
    compared++;
  }
  expect(compared).toBeGreaterThan(name === 'soft-lockup' ? 0 : 60);
});

/** Recorded answers whose text is not ours byte for byte, and why: docs/differences.md. */
const OTHER: Readonly<Record<string, readonly string[]>> = {
  'rt-loop': [
    'bt-FF-active',
    'bt-SS',
    'bt-SS-bad',
    'bt-e',
    'bt-f-active',
    'bt-good-bad',
    'bt-l',
    'foreach-badoption',
    'foreach-bogus',
    'foreach-none',
  ],
  'null-deref': ['bt-FF-0', 'bt-a-n-idle', 'bt-r', 'bt-t-0'],
  'rt-loop-510': ['bt-EE', 'bt-FF', 'bt-a', 'bt-a-s', 'bt-f', 'bt-t', 'foreach-bt'],
  'kernel-abba': ['bt-a', 'foreach-bt'],
  'soft-lockup': ['bt-a', 'bt-f', 'bt-s', 'bt-t', 'foreach-bt'],
};

/** crash's text with the frame that it lacks in `rt-loop`, and numbers accordingly. */
function withHandler(text: string): string {
  let extra = 0;
  return text
    .split('\n')
    .flatMap((line) => {
      if (line.startsWith('PID: ')) extra = 0;
      const frame = /^ ?#(\d+)( .*)$/.exec(line);
      const out = frame ? `${`#${Number(frame[1]) + extra}`.padStart(3)}${frame[2]}` : line;
      if (!/ handle_new_recv_msgs[ +]/.test(line) || !frame) return [out];
      extra = 1;
      const offset = line.includes('+') ? '+12' : '';
      return [
        `${`#${frame[1]}`.padStart(3)} [ffffce9c404d7de8] ipmi_wdog_pretimeout_handler.cold${offset} at ffffffffc04adc3f [ipmi_watchdog]`,
        `${`#${Number(frame[1]) + 1}`.padStart(3)}${frame[2]}`,
      ];
    })
    .join('\n');
}

test.each(answeredDumps)('%s: the text is crash’s, option by option', async (name) => {
  const where = name === 'soft-lockup' ? 'crash--no_modules' : 'crash';
  const base = new URL(`${name}/${where}/`, answers);
  const files = readdirSync(base)
    .map((file) => file.replace('.txt', ''))
    .filter((file) => /^(bt|foreach)(-|$)/.test(file))
    // What an example of the library is held against: `files` is no command of ours.
    .filter((file) => file !== 'foreach-files');
  const recorded = files.map((file) => {
    const text = readFileSync(new URL(`${file}.txt`, base), 'utf8');
    const end = text.indexOf('\n');
    return {
      file,
      line: text.slice(0, end).replace(/^# crash[^:]*: /, ''),
      text: text.slice(end + 1),
    };
  });
  const found = await ask(
    name,
    recorded.map(({ line }) => line),
  );
  const different: string[] = [];
  for (const [i, { file, text }] of recorded.entries()) {
    const answer = found[i] as Answer;
    const mine = answer.ok ? answer.text : `${answer.error.message}\n`;
    // Before its answer crash warns, or prints what `mod -s` says.
    const wanted = text.replace(/^ +MODULE +NAME.*\n.*\n/, '');
    if (mine !== wanted && mine !== withHandler(wanted) && mine !== inTextList(wanted))
      different.push(file);
  }
  expect(different.sort()).toEqual(OTHER[name] ?? []);
});

/** In `bt -t` crash names the function that begins where the call before it ended. */
const inTextList = (text: string): string =>
  text.replaceAll('ipmi_wdog_msg_handler.cold at', 'ipmi_wdog_pretimeout_handler.cold at');
