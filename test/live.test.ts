// The memory of a running machine, in the form of /proc/kcore. This machine's own can be read by few; what the ways in
// say then is tried here, and a real one in the lab.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { runLine } from '../src/commands/kit/run.ts';
import { newSession } from '../src/commands/kit/session.ts';
import { fresh, openDump } from '../src/doors/open.ts';
import { kcoreObstacle } from '../src/live/kcore.ts';
import { elfFile } from '../testkit/elf-file.ts';
import { imageOf } from '../testkit/image.ts';
import { memoryFile } from '../testkit/memory-file.ts';

/** fs/proc/kcore.c (6.12): NT_PRSTATUS of zeros, NT_PRPSINFO of "vmlinux"; VMCOREINFO is the dump's own. */
function kcoreNotes() {
  const info = new Uint8Array(136);
  info.set(Buffer.from('vmlinux'), 40);
  return [
    { name: 'CORE', type: 1, desc: new Uint8Array(336) },
    { name: 'CORE', type: 3, desc: info },
  ];
}

async function kcore() {
  const dump = await openDump(['testdata/dumps/rt-loop/vmcore']);
  const image = imageOf(dump.source);
  const notes = [...kcoreNotes(), ...dump.source.notes.filter(({ name }) => name === 'VMCOREINFO')];
  return openDump([memoryFile(elfFile({ ...image, notes }, { hasVmalloc: true }), '/proc/kcore')]);
}

async function ask(line: string) {
  const dump = await kcore();
  const answer = await runLine({ dump: fresh(dump), session: newSession() }, line);
  return answer.ok ? answer.text : answer.error.message;
}

test('it is taken for what it is, without a word about a damaged header', async () => {
  const { source } = await kcore();
  expect(source).toMatchObject({ isLive: true, isFiltered: true, warnings: [] });
  // Registers of zeros, which belong to no CPU.
  expect(source.notes.map(({ name }) => name)).toEqual(['VMCOREINFO']);
});

test('sys has no panic', async () => {
  const text = await ask('sys');
  expect(text).toContain('/proc/kcore');
  expect(text).not.toContain('PANIC:');
});

test('the stack of a task that a CPU executes is not shown; that of a sleeper is', async () => {
  expect(await ask('bt 237')).toBe(
    'PID: 237      TASK: ffff88c941ea2100  CPU: 0    COMMAND: "loop.sh"\n(active)\n',
  );
  expect(await ask('bt 1')).toContain('entry_SYSCALL_64_after_hwframe');
});

test.each(['-a', '-c 0', '-p'])('bt %s needs a dump', async (options) => {
  expect(await ask(`bt ${options}`)).toBe(
    `bt: ${options.slice(0, 2)} option not supported on a live system or live dump`,
  );
});

test('why: what the machine does, with commands that answer while it runs', async () => {
  const text = await ask('why');
  // What testdata/dumps/rt-loop/truth.json says of it, as far as a running machine shows it.
  expect(text).toMatch(/^Two real-time programs, .+ took both CPUs and never let go/);
  expect(text).toContain(
    'real-time starvation, likely (rt-user-loop) · seen while the machine ran',
  );
  expect(text).not.toMatch(/has no answer|before the end/);
});

test('inquest live: where /proc/kcore cannot be read one line says why, and what to do', () => {
  const { status, stdout, stderr } = spawnSync('bin/inquest', ['live', 'sys'], {
    encoding: 'utf8',
  });
  const obstacle = kcoreObstacle();
  if (obstacle === undefined) {
    expect(stdout).toContain('/proc/kcore');
    return;
  }
  expect([status, stdout, stderr]).toEqual([2, '', `inquest: ${obstacle}\n`]);
  expect(obstacle).toMatch(/\/proc\/kcore.*(run inquest on the host|sudo|boot without)/);
});
