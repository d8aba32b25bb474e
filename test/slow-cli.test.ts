// `inquest slow` as its users start it: ended at any moment it leaves nothing stopped, traced or running; what it costs; the list.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { WorthALook } from '../src/live/worth.ts';
import { has, stateOf, urgent, Ward } from '../testkit/patients.ts';
import { hasTerminals, Terminal } from '../testkit/terminal.ts';
import { violations } from './oracle/schemas.ts';

const ward = new Ward();
const running: ChildProcess[] = [];

afterEach(() => {
  ward.end();
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
afterAll(() => ward.remove());

function start(...words: string[]) {
  const child = spawn('bin/inquest', ['slow', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let text = '';
  child.stdout.on('data', (part: Buffer) => {
    text += part;
  });
  child.stderr.on('data', (part: Buffer) => {
    text += part;
  });
  const ended = new Promise<{ code: number | null; text: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, text }));
  });
  return { child, ended };
}

const inquest = (...words: string[]) =>
  spawnSync('bin/inquest', ['slow', ...words], { encoding: 'utf8', timeout: 60_000 });

async function until(is: () => boolean, ms: number, what: string): Promise<void> {
  const end = performance.now() + ms;
  while (!is()) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await wait(2);
  }
}

/** Tools that were started for that process: the guard has its number among its words. */
function toolsAt(pid: number): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0')];
      } catch {
        return [];
      }
    })
    .filter((words) => words.includes('guard') && words.includes(`${pid}`))
    .map((words) => words.join(' '));
}

/** It has files of that process open. */
const isWatching = (own: number, pid: number): boolean =>
  readdirSync(`/proc/${own}/fd`).some((fd) => {
    try {
      return readlinkSync(`/proc/${own}/fd/${fd}`).startsWith(`/proc/${pid}/`);
    } catch {
      return false;
    }
  });

const isTraced = (pid: number): boolean => (stateOf(pid)?.tracer ?? 0) !== 0;

/** Runs on, and nobody is at it. */
async function isLeftAlone(pid: number): Promise<void> {
  await until(() => !isTraced(pid) && toolsAt(pid).length === 0, 8000, 'its tools are gone');
  expect(stateOf(pid)).toMatchObject({ tracer: 0 });
  await until(() => 'RS'.includes(stateOf(pid)?.state ?? 'x'), 3000, 'it goes on');
}

// A debugger on a machine that is busy with other things takes its time.
const timeout = 90_000;

describe.skipIf(!has.gcc)(
  'with patients made by gcc (skipped where it is not installed)',
  { timeout },
  () => {
    const tools = [
      ['gdb', 'user-loop', has.gdb],
      ['strace', 'call-loop', has.strace],
    ] as const;

    for (const [tool, state, isThere] of tools)
      for (const signal of ['SIGINT', 'SIGKILL'] as const)
        test.skipIf(!isThere)(
          `${signal} while ${tool} is attached leaves nothing behind`,
          async () => {
            const { pid } = await ward.patient(state, { before: urgent });
            const { child, ended } = start(`${pid}`, '--seconds', '0.5');
            await until(() => isTraced(pid), 15_000, `${tool} is attached`);
            child.kill(signal);
            const { code, text } = await ended;
            if (signal !== 'SIGKILL') expect([code, text]).toEqual([130, '']);
            await isLeftAlone(pid);
          },
        );

    test.skipIf(!has.gdb)('inquest and gdb killed at once leave it running', async () => {
      // Three threads: gdb attaches to one after the other, and its signals may be left behind.
      for (let n = 0; n < 2; n++) {
        const { pid } = await ward.patient('deadlock');
        const { child, ended } = start(`${pid}`, '--seconds', '0.5');
        await until(() => isTraced(pid), 15_000, 'gdb is attached');
        const tracer = stateOf(pid)?.tracer;
        child.kill('SIGKILL');
        if (tracer) process.kill(tracer, 'SIGKILL');
        await ended;
        await isLeftAlone(pid);
      }
    });

    test('^C while it samples ends it at once', async () => {
      const { pid } = await ward.patient('idle');
      const { child, ended } = start(`${pid}`, '--seconds', '30');
      await until(() => isWatching(child.pid ?? 0, pid), 15_000, 'it samples');
      child.kill('SIGINT');
      expect(await ended).toEqual({ code: 130, text: '' });
      await isLeftAlone(pid);
    });

    test.skipIf(!has.gdb)(
      'a debugger that is killed while a process stands leaves it running',
      async () => {
        const { pid } = await ward.patient('user-loop', { before: urgent });
        const { ended } = start(`${pid}`, '--seconds', '0.5');
        await until(() => isTraced(pid), 15_000, 'gdb is attached');
        const tracer = stateOf(pid)?.tracer;
        if (tracer) process.kill(tracer, 'SIGKILL');
        expect((await ended).code).toBe(0);
        await isLeftAlone(pid);
      },
    );

    test('fifty threads cost at most 3 % of one CPU', async () => {
      const { pid } = await ward.patient('crowd', { file: '50' });
      const { child, ended } = start(`${pid}`, '--seconds', '4.5');
      await until(() => isWatching(child.pid ?? 0, pid), 15_000, 'it samples');
      await wait(300);
      const shares: number[] = [];
      for (let n = 0; n < 3; n++) {
        const [cpu, at] = [cpuNs(child.pid ?? 0), performance.now()];
        await wait(900);
        shares.push((cpuNs(child.pid ?? 0) - cpu) / 1e6 / (performance.now() - at));
      }
      expect(Math.min(...shares)).toBeLessThan(0.03);
      expect((await ended).code).toBe(0);
    });

    test('the list has the one that is stopped, and the one that runs', async () => {
      const { pid } = await ward.patient('idle');
      process.kill(pid, 'SIGSTOP');
      const busy = await ward.patient('user-loop', { before: urgent });
      const stuck = await ward.patient('vfork');
      const { status, stdout, stderr } = inquest('--once', '--json');
      expect([status, stderr]).toEqual([0, '']);
      const list = JSON.parse(stdout);
      expect(violations('slow-list', list)).toEqual([]);
      const rows = new Map<number, WorthALook>(
        list.processes.map((row: WorthALook) => [row.pid, row]),
      );
      expect(rows.get(stuck.pid)?.state).toBe('D');
      // How long it has slept is read where the kernel tells it.
      if (existsSync('/proc/self/sched'))
        expect(rows.get(stuck.pid)?.uninterruptibleSeconds).toBeGreaterThan(0.5);
      expect(rows.get(pid)).toMatchObject({ state: 'T', why: 'stopped by a signal' });
      expect(rows.get(busy.pid)?.state).toBe('R');
      const text = inquest('--once').stdout;
      expect(text).toMatch(new RegExp(`^ *${pid}  T .*stopped by a signal$`, 'm'));
      expect(text).toMatch(/^inquest slow \d+ says why\.$/m);
    });

    test.skipIf(!hasTerminals)('on a terminal it is renewed until ^C', async () => {
      const { pid } = await ward.patient('idle');
      process.kill(pid, 'SIGSTOP');
      const terminal = new Terminal('bin/inquest', ['slow']);
      await terminal.until(/PID {2}STATE/);
      await terminal.until(/PID {2}STATE/);
      terminal.type('\x03');
      expect(await terminal.ended()).toBe(130);
    });

    test.skipIf(!hasTerminals)(
      'on a terminal it says what it is at, and takes that away',
      async () => {
        const { pid } = await ward.patient('idle');
        const terminal = new Terminal('bin/inquest', [
          'slow',
          `${pid}`,
          '--seconds',
          '1.5',
          '--color',
          'never',
        ]);
        await terminal.until(`sampling pid ${pid}: `);
        await terminal.until('is idle');
        expect(await terminal.ended()).toBe(0);
        expect(terminal.raw).toContain('of 1.5 s\r\x1b[Kpatient (pid');
      },
    );

    test('a process is found by its name', async () => {
      const name = `pt${process.pid}`;
      await ward.patient('idle', { name });
      const { status, stdout } = inquest('-p', name, '--seconds', '0.5', '--json');
      expect(status).toBe(0);
      expect(JSON.parse(stdout).process.comm).toBe(name);
      await ward.patient('idle', { name });
      const { status: two, stderr } = inquest('-p', name);
      expect(two).toBe(2);
      expect(stderr).toMatch(
        new RegExp(
          `^inquest: 2 processes are called ${name}: \\d+, \\d+; write one of them as PID$`,
          'm',
        ),
      );
    });

    test('an ordinary user on a process of another: what may not be read is said once', async (context) => {
      const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
      const asNobody = (...words: string[]) =>
        spawnSync('setpriv', [...nobody, ...words], { encoding: 'utf8', timeout: 20_000 });
      if (asNobody('node', '-e', 'fs.accessSync("bin/inquest")').status !== 0)
        return context.skip('nobody cannot be, or cannot come here');
      const { pid } = await ward.patient('pipe');
      const { status, stdout } = asNobody(
        'bin/inquest',
        'slow',
        `${pid}`,
        '--seconds',
        '0.5',
        '--json',
      );
      expect(status).toBe(0);
      const { doubts, process: seen } = JSON.parse(stdout);
      expect(doubts.filter((text: string) => text.includes('may not be read'))).toHaveLength(1);
      expect(seen.cost).toMatchObject({ stoppedMs: 0, tracedSeconds: 0 });
      return undefined;
    });

    test('a name cannot speak to the terminal', async () => {
      const { pid } = await ward.patient('idle', { name: '\x1b[31mred' });
      process.kill(pid, 'SIGSTOP');
      for (const words of [[`${pid}`, '--seconds', '0.5'], ['--once'], ['--once', '--json']]) {
        const { stdout, stderr } = inquest(...words);
        expect(stdout + stderr).not.toContain('\x1b');
        expect(stdout).toContain('[31mred');
      }
    });

    test('as text: the verdict first, then the threads, then what it cost', async () => {
      const { pid } = await ward.patient('pipe');
      const { status, stdout, stderr } = inquest(`${pid}`, '--seconds', '0.5');
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(
        /^patient \(pid \d+\) waits .* for something to read from pipe:\[\d+\]/,
      );
      expect(stdout).toMatch(/^Threads\n {2}TID +NAME .*\n {2}\d+ +patient +waiting /m);
      expect(stdout).toMatch(/^Cost\n {2}\d+ samples in /m);
    });
  },
);

test.each([
  ['no such process', ['4194305'], 'there is no process 4194305'],
  ['no such name', ['-p', 'nosuchprogram'], 'no process is called nosuchprogram'],
  ['a name for a number', ['bash'], 'inquest slow -p bash'],
  ['two processes', ['1', '2'], 'one process'],
  ['a time that is none', ['1', '--seconds', 'x'], '--seconds x'],
])('%s: one line on standard error, exit status 2', (_what, words, text) => {
  const { status, stdout, stderr } = inquest(...words);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(text);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

/** CPU time of all its threads. */
function cpuNs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((tid) => Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ')[0]))
    .reduce((a, b) => a + b, 0);
}
