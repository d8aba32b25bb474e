// `inquest slow` on real processes: each in its state, each told apart, and none left stopped or traced.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { examine } from '../src/live/examine.ts';
import { euStacks } from '../src/live/tools/eu-stack.ts';
import { hasUninterruptible } from '../src/live/tools/gdb.ts';
import { userStacks } from '../src/live/tools/stacks.ts';
import type { ExaminedThread } from '../src/rules/kit/examined.ts';
import type { Verdict } from '../src/rules/kit/verdict.ts';
import { has, stateOf, urgent, Ward } from '../testkit/patients.ts';
import { violations } from './oracle/schemas.ts';

const ward = new Ward();
const { folder } = ward;
afterEach(() => ward.end());
afterAll(() => ward.remove());

async function look(pid: number, seconds = 0.7): Promise<Verdict> {
  const verdict = await examine(pid, {
    seconds,
    signal: new AbortController().signal,
    say: () => {},
  });
  if (!verdict) throw new Error('no such process');
  expect(violations('verdict', verdict)).toEqual([]);
  return verdict;
}

/** Looked at in a state, and left as it was. */
async function examined(
  state: string,
  options: Parameters<Ward['patient']>[1] & { seconds?: number } = {},
): Promise<Verdict & { pid: number }> {
  const { pid } = await ward.patient(state, options);
  const verdict = await look(pid, options.seconds);
  expect(stateOf(pid)).toMatchObject({ tracer: 0 });
  expect('Tt').not.toContain(stateOf(pid)?.state);
  return { ...verdict, pid };
}

const threadsOf = ({ process }: Verdict): readonly ExaminedThread[] => process?.threads ?? [];
const classesOf = (verdict: Verdict): string[] => threadsOf(verdict).map((thread) => thread.class);

// A debugger on a machine that is busy with other things takes its time.
const timeout = 90_000;

describe.skipIf(!has.gcc)(
  'with patients made by gcc (skipped where it is not installed)',
  { timeout },
  () => {
    test('an endless loop in user mode', async () => {
      const found = await examined('user-loop', { before: urgent });
      expect(found.verdict).toMatchObject({ where: 'user', kind: 'loop', rule: 'slow-user-loop' });
      expect(classesOf(found)).toEqual(['user-loop']);
      expect(found.next[0]?.command).toMatch(/^gdb .* -p \d+$/);
      if (!has.gdb) return;
      expect(found.headline).toMatch(/grind_forever \(patient\.c:\d+\)/);
      expect(found.verdict.confidence).toBe('likely');
      expect(found.evidence.map(({ output }) => output).join('\n')).toContain('#1 main (');
      expect(found.process?.cost.stoppedMs).toBeGreaterThan(0);
    });

    test('an endless loop of system calls', async (context) => {
      if (!has.strace) return context.skip('strace is not installed');
      const found = await examined('call-loop', { before: urgent });
      expect(found.verdict).toMatchObject({ where: 'user', kind: 'loop', rule: 'slow-call-loop' });
      expect(found.headline).toContain('getppid()');
      expect(found.process?.calls[0]).toMatchObject({ call: 'getppid', errors: 0 });
      // How much the trace slowed it down is measured.
      expect(found.process?.cost.tracedStoodShare).toBeGreaterThan(0.2);
      return undefined;
    });

    test('one of calls that fail says with what', async (context) => {
      if (!has.strace) return context.skip('strace is not installed');
      const found = await examined('failing-loop', { before: urgent });
      expect(found.headline).toContain('read()');
      expect(found.headline).toContain('EBADF');
      expect(found.next[0]?.text).toContain('EBADF');
      return undefined;
    });

    test('a futex deadlock: who waits for whom, and where', async () => {
      const found = await examined('deadlock');
      expect(found.verdict).toMatchObject({
        where: 'user',
        kind: 'deadlock',
        confidence: 'proven',
      });
      expect(classesOf(found)).toEqual(['waiting', 'waiting', 'waiting']);
      expect(threadsOf(found).every((thread) => thread.waitsFor === 'futex')).toBe(true);
      const [, a, b] = threadsOf(found).map(({ tid }) => tid);
      const holders = new Map(found.chain.map(({ task, heldBy }) => [task.pid, heldBy?.pid]));
      expect([holders.size, holders.get(a ?? 0), holders.get(b ?? 0)]).toEqual([2, b, a]);
      if (!has.gdb) return;
      const stacks = found.evidence.map(({ output }) => output).join('\n');
      expect(stacks).toContain('north_first');
      expect(stacks).toContain('south_first');
    });

    test('a pipe that nobody writes to, and who could', async () => {
      const found = await examined('pipe');
      expect(threadsOf(found)[0]).toMatchObject({
        class: 'waiting',
        waitsFor: 'pipe',
        call: 'read',
      });
      const writer = found.suspects.find(({ role }) => role === 'culprit')?.task?.pid;
      expect(stateOf(writer ?? 0)?.state).toBe('S');
      expect(found.next[0]?.command).toBe(`inquest slow ${writer}`);
    });

    test('the open of a FIFO, by its name', async () => {
      const file = join(folder, 'fifo');
      const found = await examined('fifo', { file });
      expect(found.verdict.rule).toBe('slow-fifo');
      expect(found.headline).toContain(`${file}, until another process opens it for writing`);
    });

    test('a slow peer: what each read takes, and who it is', async (context) => {
      if (!has.strace) return context.skip('strace is not installed');
      const found = await examined('tcp');
      expect(threadsOf(found)[0]).toMatchObject({ class: 'slow-steps', waitsFor: 'socket' });
      expect(found.process?.calls[0]).toMatchObject({ call: 'read' });
      expect(found.process?.calls[0]?.bytesPerSecond).toBeLessThan(60);
      const peer = found.suspects.find(({ role }) => role === 'culprit')?.task?.pid;
      expect(found.next[0]?.command).toBe(`inquest slow ${peer}`);
      return undefined;
    });

    test.skipIf(!has.euStack)('a stack by eu-stack, too', async () => {
      const { pid } = await ward.patient('pipe');
      const seen = await euStacks(pid, {
        tids: [pid],
        times: 1,
        signal: new AbortController().signal,
      });
      const names = 'why' in seen ? seen.why : seen.stacks.get(pid)?.[0]?.map((f) => f.function);
      expect(names).toContain('silent_pipe');
      expect(stateOf(pid)).toEqual({ state: 'S', tracer: 0 });
    });

    test.skipIf(!has.euStack)('beside a thread that no signal wakes: no gdb', async () => {
      const { pid } = await ward.patient('half', { before: urgent });
      while (!hasUninterruptible(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
      const seen = await userStacks(pid, {
        tids: [pid],
        times: 1,
        signal: new AbortController().signal,
      });
      expect(seen).toMatchObject({ tool: 'eu-stack' });
      const { state, tracer } = stateOf(pid) ?? {};
      expect([state, tracer]).toEqual(['R', 0]);
    });

    test('one that another debugger holds, and which', async (context) => {
      if (!has.strace) return context.skip('strace is not installed');
      const { pid } = await ward.patient('user-loop', { before: urgent });
      const other = spawn('strace', ['-qq', '-o', '/dev/null', '-p', `${pid}`], {
        stdio: 'ignore',
      });
      try {
        while (stateOf(pid)?.tracer === 0) await new Promise((resolve) => setTimeout(resolve, 20));
        const found = await look(pid, 0.5);
        expect(found.doubts).toContain(`no tool could attach: pid ${other.pid} traces it already`);
      } finally {
        other.kill('SIGTERM');
      }
      return undefined;
    });

    test('a file lock, and who holds it', async () => {
      const file = join(folder, 'lock');
      const found = await examined('flock', { file });
      expect(threadsOf(found)[0]).toMatchObject({ class: 'waiting', waitsFor: 'file-lock' });
      const holder = found.suspects.find(({ role }) => role === 'holder')?.task?.pid;
      expect(holder).toBeGreaterThan(found.pid);
      expect(found.headline).toContain(file);
      expect(found.next[0]?.command).toBe(`inquest slow ${holder}`);
    });

    test('two processes that wait for each other’s file locks', async () => {
      const found = await examined('lock-ring', { file: join(ward.folder, 'ring') });
      expect(found.verdict).toMatchObject({
        where: 'user',
        kind: 'deadlock',
        confidence: 'proven',
      });
      const [here, there] = found.chain;
      expect(here?.task.pid).toBe(found.pid);
      expect(there?.heldBy?.pid).toBe(found.pid);
      expect(here?.heldBy?.pid).toBe(there?.task.pid);
    });

    test('a child that does not end', async () => {
      const found = await examined('child');
      expect(threadsOf(found)[0]).toMatchObject({ class: 'waiting', waitsFor: 'child' });
      expect(found.next[0]?.command).toMatch(/^inquest slow \d+$/);
    });

    test('one that no signal wakes: no debugger goes near it', async () => {
      const found = await examined('vfork');
      expect(threadsOf(found)[0]).toMatchObject({ class: 'kernel-wait', waitsFor: 'child' });
      expect(found.process?.cost).toMatchObject({ stoppedMs: 0, tracedSeconds: 0 });
    });

    test('slow steps on a disk: how many times too slow, and the limit that makes it so', async (context) => {
      if (!has.strace) return context.skip('strace is not installed');
      const file = join(folder, 'slow-file');
      const group = slowDiskGroup(folder);
      if (!group)
        return context.skip('no control group with a limit for the disk can be made here');
      try {
        const { pid } = await ward.patient('writer', { file });
        writeFileSync(join(group.path, 'cgroup.procs'), `${pid}`);
        // What it wrote before it was limited is first made good, in one long wait: the longer, the faster the disk is.
        let found = await look(pid);
        for (let i = 0; i < 12 && threadsOf(found)[0]?.class === 'kernel-wait'; i++)
          found = await look(pid);
        expect(threadsOf(found)[0]).toMatchObject({
          class: 'slow-steps',
          call: 'pwrite64',
          path: file,
        });
        expect(found.verdict).toMatchObject({ kind: 'slow', rule: 'slow-io' });
        expect(found.process?.timesTooSlow).toBeGreaterThan(20);
        expect(found.process?.calls[0]?.bytesPerSecond).toBeLessThan(60_000);
        expect(found.headline).toMatch(/each pwrite64 of 4096 bytes takes/);
        expect(found.process?.device?.name).toBeTruthy();
        expect(found.evidence.map(({ output }) => output).join('\n')).toContain(group.line);
        expect(found.process?.cost.stoppedMs).toBe(0);
      } finally {
        ward.end();
        await removeGroup(group.path);
      }
      return undefined;
    });

    test('starved by one of higher priority on its CPU', async (context) => {
      if (!has.taskset) return context.skip('taskset is not installed');
      const pin = ['taskset', '-c', '0'];
      const hog = await ward.patient('user-loop', { before: pin });
      const found = await examined('user-loop', { before: [...pin, 'nice', '-n', '19'] });
      expect(classesOf(found)).toEqual(['starved']);
      expect(found.verdict).toMatchObject({ kind: 'slow', rule: 'slow-starved' });
      const culprits = found.suspects.filter(({ role }) => role === 'culprit');
      expect(culprits.map(({ task }) => task?.pid)).toContain(hog.pid);
      return undefined;
    });

    test('throttled by the quota of its control group', async (context) => {
      const group = throttlingGroup();
      if (!group) return context.skip('no control group with a CPU quota can be made here');
      try {
        const { pid } = await ward.patient('user-loop');
        writeFileSync(join(group, 'cgroup.procs'), `${pid}`);
        const found = await look(pid);
        expect(classesOf(found)).toEqual(['throttled']);
        expect(found.headline).toContain('10 ms of CPU time in every 100 ms');
        expect(found.next[0]?.command).toContain(group);
      } finally {
        ward.end();
        await removeGroup(group);
      }
      return undefined;
    });

    test('one whose files do not fit into the memory that its group may have', async (context) => {
      const group = smallMemoryGroup();
      if (!group) return context.skip('no control group with a memory limit can be made here');
      const file = join(folder, 'atlas');
      writeFileSync(file, Buffer.alloc(64 << 20, 'atlas'));
      try {
        const { pid } = await ward.patient('thrash', {
          file,
          group: group.path,
          before: urgent,
        });
        const found = await look(pid, 1.5);
        expect(classesOf(found)).toEqual(['faulting']);
        expect(found.verdict).toMatchObject({ where: 'user', kind: 'exhaustion' });
        expect(found.headline).toMatch(/no more than 16\.8 MB of memory/);
        expect(found.evidence.map(({ command }) => command)).toContain(`cat ${group.file}`);
        expect(found.process?.cost.stoppedMs).toBe(0);
      } finally {
        ward.end();
        await removeGroup(group.path);
      }
      return undefined;
    });

    test('a stopped one, which stays so', async () => {
      const { pid } = await ward.patient('idle');
      process.kill(pid, 'SIGSTOP');
      const found = await look(pid);
      expect(classesOf(found)).toEqual(['stopped']);
      expect(found.next[0]?.command).toBe(`kill -CONT ${pid}`);
      expect(stateOf(pid)).toEqual({ state: 'T', tracer: 0 });
    });

    test('a healthy busy one', async () => {
      const found = await examined('busy', { file: join(folder, 'out'), before: urgent });
      expect(classesOf(found)).toEqual(['busy']);
      expect(found.verdict).toMatchObject({ where: 'none', kind: 'requested' });
      expect(found.process?.cost).toMatchObject({ stoppedMs: 0, tracedSeconds: 0 });
    });

    test.each(['idle', 'timer'])('a healthy idle one: %s', async (state) => {
      const found = await examined(state);
      expect(found.verdict).toMatchObject({ where: 'none', title: 'healthy and idle' });
      expect(found.process?.cost).toMatchObject({ stoppedMs: 0, tracedSeconds: 0 });
    });

    test('threads of many kinds: the one that loops, and the others at rest', async () => {
      const found = await examined('mixed', { before: urgent });
      expect(classesOf(found)).toEqual(['idle', 'user-loop', 'waiting', 'idle']);
      expect(found.headline).toContain(`thread ${threadsOf(found)[1]?.tid}`);
    });

    test('a zombie, and the parent that does not ask', async () => {
      const found = await examined('zombie');
      expect(classesOf(found)).toEqual(['zombie']);
      expect(found.next[0]?.command).toMatch(/^inquest slow \d+$/);
    });

    test('one that ends meanwhile', async () => {
      const { pid } = await ward.patient('ends');
      const found = await look(pid, 8);
      expect(found.verdict).toMatchObject({ kind: 'undecided', rule: 'slow-gone' });
      expect(found.process?.seconds).toBeLessThan(5);
    });
  },
);

/** 10 ms of every 100 ms; undefined: it may not be made. */
function throttlingGroup(): string | undefined {
  const name = `inquest-test-${process.pid}`;
  for (const root of ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup']) {
    const group = join(root, name);
    try {
      mkdirSync(group);
      if (existsSync(join(group, 'cpu.cfs_quota_us'))) {
        writeFileSync(join(group, 'cpu.cfs_quota_us'), '10000');
        return group;
      }
      writeFileSync(join(group, 'cpu.max'), '10000 100000');
      return group;
    } catch {
      if (existsSync(group)) rmdirSync(group);
    }
  }
  return undefined;
}

/** 20 kB a second for the disk that the folder is on; undefined: it may not be made. */
function slowDiskGroup(folder: string): { path: string; line: string } | undefined {
  const { dev } = statSync(folder);
  const major = (dev >> 8) & 0xfff;
  const minor = (dev & 0xff) | ((dev >> 12) & 0xfff00);
  const disk = `${major}:${minor}`;
  const path = `/sys/fs/cgroup/blkio/inquest-test-${process.pid}`;
  try {
    mkdirSync(path);
    writeFileSync(join(path, 'blkio.throttle.write_bps_device'), `${disk} 20480`);
    return { path, line: `${disk} 20480` };
  } catch {
    if (existsSync(path)) rmdirSync(path);
    return undefined;
  }
}

/** 16 MB; undefined: it may not be made. */
function smallMemoryGroup(): { path: string; file: string } | undefined {
  const name = `inquest-test-memory-${process.pid}`;
  for (const [root, limit] of [
    ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes'],
    ['/sys/fs/cgroup', 'memory.max'],
  ] as const) {
    const path = join(root, name);
    const file = join(path, limit);
    try {
      mkdirSync(path);
      writeFileSync(file, `${16 << 20}`);
      return { path, file };
    } catch {
      if (existsSync(path)) rmdirSync(path);
    }
  }
  return undefined;
}

/** A group can be removed when what was in it has ended. */
async function removeGroup(group: string): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    try {
      rmdirSync(group);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
