// The library as its users have it: what it exports, its examples, and the packed package installed elsewhere.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandNames } from '../src/commands/kit/names.ts';
import * as library from '../src/doors/library.ts';
import { crashFiles, crashLastRun } from './oracle/files.ts';

const dumps = resolve('testdata/dumps');

test('a new name in the library is a decision: these are all', () => {
  const kinds = Object.entries(library).map(([name, value]) =>
    /^class /.test(String(value)) ? `class ${name}` : `${typeof value} ${name}`,
  );
  const source = readFileSync('src/doors/library.ts', 'utf8');
  const types = [...source.matchAll(/^export (type )?\{([^}]*)\}/gms)].flatMap(
    ([, areAll, names = '']) =>
      names
        .split(',')
        .map((name) => (areAll ? `type ${name.trim()}` : name.trim()))
        .filter((name) => /^type \w/.test(name)),
  );
  expect([...kinds, ...types].sort()).toMatchInlineSnapshot(`
    [
      "class ExpressionError",
      "class Fault",
      "class Mm",
      "class Module",
      "class Mutex",
      "class OpenError",
      "class RunQueue",
      "class RwSemaphore",
      "class Task",
      "class View",
      "class Vma",
      "class Walk",
      "function allTasks",
      "function areasOf",
      "function currentTask",
      "function escapeText",
      "function evaluate",
      "function evaluateAddress",
      "function hex",
      "function isFault",
      "function kernelLog",
      "function kernelTime",
      "function listEntries",
      "function mapleEntries",
      "function mmOf",
      "function modules",
      "function newSession",
      "function onlineCpus",
      "function openDump",
      "function panicCpu",
      "function panicTask",
      "function pathOf",
      "function physical",
      "function policyName",
      "function possibleCpus",
      "function run",
      "function runQueue",
      "function runningTasks",
      "function schedClass",
      "function schedulerNow",
      "function shape",
      "function stackOf",
      "function threadsOf",
      "function toJson",
      "function treeEntries",
      "function virtual",
      "function why",
      "function xarrayEntries",
      "type AddressSpace",
      "type Answer",
      "type CJson",
      "type CValue",
      "type Certainty",
      "type CommandData",
      "type DataOf",
      "type Dump",
      "type FaultReason",
      "type Field",
      "type Frame",
      "type KernelLog",
      "type KernelSymbol",
      "type KernelTime",
      "type LogRecord",
      "type MapleEntry",
      "type Member",
      "type Memory",
      "type ModuleRegion",
      "type OpenDumpOptions",
      "type PhysicalAddress",
      "type QueuedTask",
      "type SchedClass",
      "type Session",
      "type Shape",
      "type Stack",
      "type StateCode",
      "type SymbolSource",
      "type SymbolTable",
      "type TaskList",
      "type TraceEnd",
      "type Type",
      "type TypeId",
      "type TypeKind",
      "type TypeTable",
      "type Verdict",
      "type VirtualAddress",
      "type WalkEnd",
      "type XarrayEntry",
    ]
  `);
});

test('docs/api.md tells of each name, and of no other', () => {
  const told = [...readFileSync('docs/api.md', 'utf8').matchAll(/^### (\w+)$/gm)].map(([, n]) => n);
  const source = readFileSync('src/doors/library.ts', 'utf8');
  const names = [...source.matchAll(/^export (?:type )?\{([^}]*)\}/gms)].flatMap(([, list = '']) =>
    list
      .split(',')
      .map((name) => name.trim().replace(/^type /, ''))
      .filter(Boolean),
  );
  expect(told.sort()).toEqual(names.sort());
});

describe('examples', () => {
  const example = (...words: string[]) => {
    const [name = '', dump = '', ...rest] = words;
    return spawnSync('node', [`examples/${name}.mjs`, `${dumps}/${dump}/vmcore`, ...rest], {
      encoding: 'utf8',
    });
  };

  test.each(['healthy', 'rt-loop', 'null-deref'] as const)(
    'sleepers: in the order of crash’s ps -m, and as long asleep, on %s',
    (dump) => {
      const { status, stdout, stderr } = example('sleepers', dump, '1000');
      expect([status, stderr]).toEqual([0, '']);
      const ours = [...stdout.matchAll(/^([\d.]+) s {2}(\w\w) {2}(\d+) {2}(.*?) {2}/gm)].map(
        ([, seconds, state, pid, comm]) => ({
          seconds: Number(seconds),
          state,
          pid: Number(pid),
          comm,
        }),
      );
      const theirs = crashLastRun(dump)
        .filter(({ state }) => ['IN', 'UN', 'ID'].includes(state))
        .reverse();
      expect(theirs.length).toBeGreaterThan(40);
      const who = ({
        pid,
        comm,
        state,
      }: {
        pid: number;
        comm?: string | undefined;
        state?: string | undefined;
      }) => `${pid} ${comm} ${state}`;
      expect(ours.map(who)).toEqual(theirs.map(who));
      // crash's clock is that of the task's CPU, which lags while the CPU idles.
      for (const [i, { seconds }] of ours.entries())
        expect(Math.abs(seconds - (theirs[i]?.agoSeconds ?? Number.NaN))).toBeLessThan(0.1);
    },
  );

  test('inode: who has /dev/watchdog open on rt-loop, as crash’s foreach files says', () => {
    const watchdog = crashFiles('rt-loop').filter(({ path }) => path === '/dev/watchdog');
    expect(watchdog).toHaveLength(1);
    const { status, stdout, stderr } = example('inode', 'rt-loop', watchdog[0]?.inode ?? '');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^218 {2}watchdog {2}fd 3 {2}\S.*\n$/);
    expect(watchdog[0]).toMatchObject({ pid: 218, comm: 'watchdog', fd: 3 });
    // A slim dump lacks the files of tasks that nobody asked for, and that is said.
    expect(stderr).toMatch(/^WARNING: files of 2: page excluded when the dump was written at /m);
  });

  test('stacks-csv: every task of rt-loop; an oops as crash shows it', () => {
    const { status, stdout, stderr } = example('stacks-csv', 'rt-loop');
    expect([status, stderr]).toEqual([0, '']);
    const [head, ...rows] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','));
    expect(head?.join()).toBe('pid,comm,state,cpu,frame,function,offset,module,pc,certainty,end');
    expect(rows.every((row) => row.length === 11)).toBe(true);
    expect(new Set(rows.map((row) => `${row[0]} ${row[1]}`)).size).toBe(83);
  });
});
