import { expect, test } from 'vitest';
import type { BtFrame, BtTask } from './data.ts';
import { cpuStackLines, type Layout, taskLines } from './layout.ts';
import type { BtException, BtRegisters } from './registers.ts';

const plain: Layout = { offsets: undefined, cacheAddresses: false, symbols: false };

const frame = (index: number, symbol: string, about: Partial<BtFrame> = {}): BtFrame => ({
  index,
  sp: `0xffffc900000000${(0x10 + index).toString(16)}`,
  pc: `0xffffffff8100${(0x1000 + index).toString(16)}`,
  symbol,
  offset: 12,
  module: null,
  stack: 'task',
  certainty: 'certain',
  interrupted: false,
  exception: null,
  file: null,
  line: null,
  inlined: false,
  ...about,
});

const registers = { rip: '0xffffffff81001234', rflags: '0x246', cs: '0x10', ss: '0x18' };
const exception = (about: Partial<BtException> = {}): BtException => ({
  kind: 'nmi',
  vector: 2,
  name: 'NMI',
  errorCode: null,
  mode: 'kernel',
  address: '0xfffffe0000001000',
  symbol: 'default_idle',
  offset: 9,
  module: null,
  registers: {
    ...Object.fromEntries(
      'rsp rax rbx rcx rdx rsi rdi rbp r8 r9 r10 r11 r12 r13 r14 r15 orig_rax'
        .split(' ')
        .map((name) => [name, null]),
    ),
    ...registers,
  } as unknown as BtRegisters,
  ...about,
});

const task = (about: Partial<BtTask>): BtTask => ({
  pid: 7,
  comm: 'worker',
  cpu: 1,
  task: '0xffff888000001000',
  frames: [],
  end: 'kernel',
  endReason: null,
  isWhole: true,
  hasStack: true,
  userRegisters: null,
  ...about,
});

const lines = (about: Partial<BtTask>, layout: Partial<Layout> = {}): string[] =>
  [...taskLines(task(about), { ...plain, ...layout })].slice(1);

test('the exception stack ends with a separator, and the interrupted function is a numbered frame', () => {
  const text = lines({
    frames: [
      frame(0, 'end_repeat_nmi', { stack: 'nmi', exception: exception() }),
      frame(1, 'default_idle', { interrupted: true }),
      frame(2, 'do_idle'),
    ],
  });
  expect(text.map((line) => line.slice(0, 35))).toEqual([
    ' #0 [ffffc90000000010] end_repeat_n',
    '    [exception RIP: default_idle+9]',
    '    RIP: ffffffff81001234  RSP:    ',
    ...text.slice(3, 8).map((line) => line.slice(0, 35)),
    '    ORIG_RAX:                ?  CS:',
    '--- <NMI exception stack> ---',
    ' #1 [ffffc90000000011] default_idle',
    ' #2 [ffffc90000000012] do_idle at f',
  ]);
});

test('on one stack the interrupted function is only named by the exception RIP', () => {
  const text = lines({
    frames: [
      frame(0, 'asm_exc_page_fault', { exception: exception() }),
      frame(1, 'parcel_check', { interrupted: true, module: 'parcel' }),
      frame(2, 'parcel_write', { module: 'parcel' }),
    ],
  });
  expect(text.filter((line) => line.startsWith(' #'))).toEqual([
    ' #0 [ffffc90000000010] asm_exc_page_fault at ffffffff81001000',
    ' #1 [ffffc90000000012] parcel_write at ffffffff81001002 [parcel]',
  ]);
  expect(text.join('\n')).not.toContain('---');
});

test.each([
  ['irq', '--- <IRQ stack> ---'],
  ['df', '--- <DOUBLEFAULT exception stack> ---'],
  ['db', '--- <DEBUG exception stack> ---'],
  ['mce', '--- <MCE exception stack> ---'],
  ['entry', '--- <entry trampoline stack> ---'],
])('the %s stack has a separator of its own', (stack, separator) => {
  expect(lines({ frames: [frame(0, 'above', { stack }), frame(1, 'below')] })[1]).toBe(separator);
});

test('guessed frames are marked, and why the frames end is said', () => {
  const text = lines({
    frames: [frame(0, 'schedule', { certainty: 'guessed' })],
    endReason: 'the page is not in the dump',
  });
  expect(text[0]).toMatch(/ {2}\(guessed\)$/);
  expect(text[1]).toBe('    [the frames end here: the page is not in the dump]');
});

test('a zombie has no stack; an idle CPU with -n idle only its first line', () => {
  expect(lines({ hasStack: false })).toEqual(['(no stack)']);
  expect(lines({ idle: true, frames: [frame(0, 'x')] })).toEqual([]);
});

test('offsets in either radix; none at a function’s start; the compiler’s suffixes are left out', () => {
  const frames = [frame(0, 'do_it.isra.0'), frame(1, 'start', { offset: 0 }), frame(2, 'a.cold')];
  const names = (offsets: 10 | 16): (string | undefined)[] =>
    lines({ frames }, { offsets }).map((line) => / (\S+) at /.exec(line)?.[1]);
  expect(names(10)).toEqual(['do_it+12', 'start', 'a.cold+12']);
  expect(names(16)).toEqual(['do_it+0xc', 'start', 'a.cold+0xc']);
});

test('words two a line, as symbols and slab caches', () => {
  const word = { address: '0xffffc90000000018', offset: null, module: null };
  const words = [
    { ...word, value: '0x2a', symbol: null, cache: null },
    { ...word, value: '0xffffffff81001000', symbol: 'schedule', offset: 39, cache: null },
    { ...word, value: '0xffff888000002000', symbol: null, cache: 'kmalloc-64' },
    { ...word, value: null, symbol: null, cache: null },
  ];
  const frames = [frame(0, 'x', { words })];
  expect(lines({ frames }, { symbols: true }).slice(1)).toEqual([
    '    ffffc90000000018: 000000000000002a schedule+39      ',
    '    ffffc90000000018: [kmalloc-64]     ???????????????? ',
  ]);
  expect(lines({ frames }, { symbols: true, cacheAddresses: true })[2]).toContain(
    '[ffff888000002000:kmalloc-64]',
  );
});

test('-E: IRQ stacks of all CPUs first, then each CPU’s exception stacks', () => {
  const on = (cpu: number) => task({ cpu, scanned: ['irq', 'nmi'], exceptions: [] });
  expect([...cpuStackLines([on(0), on(1)])].filter((line) => line.startsWith('CPU'))).toEqual([
    'CPU 0 IRQ STACK:',
    'CPU 1 IRQ STACK:',
    'CPU 0 NMI EXCEPTION STACK:',
    'CPU 1 NMI EXCEPTION STACK:',
  ]);
});
