import { expect, test } from 'vitest';
import { memoryText, type SystemSummary, summaryLines } from './summary.ts';

const nothing: SystemSummary = {
  kind: 'system',
  kernel: 'types and symbols from the dump (BTF, kallsyms)',
  taintedMask: null,
  livepatched: false,
  inTransition: false,
  files: ['vmcore'],
  isLive: false,
  isPartial: false,
  isIncomplete: false,
  hasNoVmemmap: false,
  cpus: 2,
  cpusOffline: 0,
  dateSeconds: null,
  uptimeSeconds: null,
  loadAverage: null,
  tasks: null,
  nodename: null,
  release: '6.12.117',
  version: null,
  machine: null,
  cpuMhz: null,
  memoryBytes: null,
  panic: null,
  firstOops: null,
};

const lines = (changes: Partial<SystemSummary>): string[] => [
  ...summaryLines({ ...nothing, ...changes }),
];

test('memory is rounded as crash rounds it', () => {
  expect(memoryText(402_083_840)).toBe('383.5 MB');
  expect(memoryText(512 * 2 ** 20)).toBe('512 MB');
  expect(memoryText(8 * 2 ** 30 - 60 * 2 ** 20)).toBe('8 GB');
  expect(memoryText(8 * 2 ** 30 - 65 * 2 ** 20)).toBe('7.9 GB');
});

test('what cannot be read is a question mark in its place', () => {
  expect(lines({}).filter((line) => line.endsWith(': ?'))).toHaveLength(7);
  expect(lines({})).toContain('     MACHINE: ?  (unknown Mhz)');
});

test('tags stand where crash has them', () => {
  const [kernel, file, cpus] = lines({
    taintedMask: 1,
    livepatched: true,
    inTransition: true,
    isPartial: true,
    isIncomplete: true,
    hasNoVmemmap: true,
    cpusOffline: 1,
  });
  expect(kernel).toMatch(/\) {2}\[LIVEPATCH\] {2}\[TRANSITION\] {2}\[TAINTED\]$/);
  expect(file).toBe('    DUMPFILE: vmcore  [PARTIAL DUMP] [INCOMPLETE] [EXCLUDED VMEMMAP]');
  expect(cpus).toBe('        CPUS: 2 [OFFLINE: 1]');
});

test('the parts of a split dump are listed, each with the tags', () => {
  expect(lines({ files: ['a', 'b'], isPartial: true }).slice(1, 2)).toEqual([
    '   DUMPFILES: a [PARTIAL DUMP]\n              b [PARTIAL DUMP]',
  ]);
});

test('an oops points at the log', () => {
  expect(lines({ panic: 'Oops: 0002 [#1] SMP' }).at(-1)).toBe(
    '       PANIC: "Oops: 0002 [#1] SMP" (check log for details)',
  );
  expect(lines({ panic: null }).at(-1)).toBe('       PANIC: ""');
});
