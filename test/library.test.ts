// The library as its users have it: what it exports, its reference, its examples.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
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
        .map((name) => name.trim().replace(/\w+ as /, ''))
        .map((name) => (areAll && name ? `type ${name}` : name))
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
      "type Confidence",
      "type CpuLine",
      "type DataOf",
      "type Dump",
      "type DumpHeader",
      "type ExaminationCost",
      "type ExaminedCalls",
      "type ExaminedDevice",
      "type ExaminedProcess",
      "type ExaminedShares",
      "type ExaminedThread",
      "type ExceptionFrame",
      "type Exonerated",
      "type ExpressionErrorCode",
      "type ExpressionValue",
      "type FaultReason",
      "type Field",
      "type FileOffset",
      "type Frame",
      "type FrameKind",
      "type KernelLog",
      "type KernelSymbol",
      "type KernelTime",
      "type KnownIssue",
      "type LogRecord",
      "type MapleEntry",
      "type Member",
      "type Memory",
      "type ModuleRegion",
      "type NamedValue",
      "type NextStep",
      "type Note",
      "type OpenDumpOptions",
      "type PageSource",
      "type PageState",
      "type ParameterValue",
      "type PhysicalAddress",
      "type PhysicalMemory",
      "type PointerText",
      "type QueuedTask",
      "type RandomAccessFile",
      "type Registers",
      "type SchedClass",
      "type Segment",
      "type Session",
      "type Shape",
      "type Stack",
      "type StackName",
      "type StackRange",
      "type StackStart",
      "type StateCode",
      "type Suspect",
      "type SuspectFunction",
      "type SuspectObject",
      "type SuspectTask",
      "type SymbolSource",
      "type SymbolTable",
      "type TaskGroup",
      "type TaskList",
      "type TraceEnd",
      "type Translation",
      "type TranslationStep",
      "type TriedRule",
      "type Type",
      "type TypeId",
      "type TypeKind",
      "type TypeTable",
      "type Verdict",
      "type VerdictCore",
      "type VerdictEvidence",
      "type VerdictKind",
      "type VerdictSignature",
      "type VerdictTrigger",
      "type VerdictWhere",
      "type VirtualAddress",
      "type Vmcoreinfo",
      "type WaitLink",
      "type WalkEnd",
      "type XarrayEntry",
    ]
  `);
});

test('docs/api.md is the library as it is', () => {
  const { stdout, stderr, status } = spawnSync('node', ['scripts/api.mjs', '--check'], {
    encoding: 'utf8',
  });
  expect([status, stdout, stderr]).toEqual([0, '', '']);
}, 120_000);

test('`run` knows the data of every command', () => {
  const source = readFileSync('src/doors/library/data.ts', 'utf8');
  const known = [...source.matchAll(/^ {2}(\w+): \w+;$/gm)].map(([, name]) => name);
  expect(known.sort()).toEqual([...commandNames].sort());
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
      const ours = [...stdout.matchAll(/^([\d.]+) s {2}(\w\w {2}\d+ {2}.*?) {2}/gm)];
      const theirs = crashLastRun(dump)
        .filter(({ state }) => ['IN', 'UN', 'ID'].includes(state))
        .reverse();
      expect(theirs.length).toBeGreaterThan(40);
      expect(ours.map(([, , who]) => who)).toEqual(
        theirs.map(({ pid, comm, state }) => `${state}  ${pid}  ${comm}`),
      );
      // crash counts by the clock of the task's CPU; we by that of the CPU which looked last. So all tasks of
      // a CPU differ by the same, up to both roundings, and those of one CPU not at all.
      const lags = new Map<number, number[]>();
      for (const [i, { cpu, agoSeconds }] of theirs.entries())
        lags.set(cpu, [...(lags.get(cpu) ?? []), Number(ours[i]?.[1]) - agoSeconds]);
      for (const lag of lags.values())
        expect(Math.max(...lag) - Math.min(...lag)).toBeLessThan(0.0021);
      const least = [...lags.values()].map((lag) => Math.min(...lag));
      expect(Math.abs(Math.min(...least))).toBeLessThan(0.0011);
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

  test('stacks-csv: every task of rt-loop, and the stack of the panic as crash shows it', () => {
    const { status, stdout, stderr } = example('stacks-csv', 'rt-loop');
    expect([status, stderr]).toEqual([0, '']);
    const [head, ...rows] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','));
    expect(head?.join()).toBe('pid,comm,state,cpu,frame,function,offset,module,pc,certainty,end');
    expect(rows.every((row) => row.length === 11)).toBe(true);
    expect(new Set(rows.map((row) => `${row[0]} ${row[1]}`)).size).toBe(83);
    const crash = readFileSync('testdata/answers/rt-loop/crash/bt.txt', 'utf8');
    const [, pid] = /^PID: (\d+)/m.exec(crash) ?? [];
    const theirs = [...crash.matchAll(/^ *#\d+ \[\w+\] (\S+) at ([0-9a-f]+)/gm)];
    const ours = rows.filter((row) => row[0] === pid).map((row) => `${row[5]} ${row[8]}`);
    expect(theirs.length).toBeGreaterThan(5);
    for (const [, name, pc] of theirs) expect(ours).toContain(`${name} 0x${pc}`);
  });
});
