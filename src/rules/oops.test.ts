// Faults of the kernel.
import { expect, test } from 'vitest';
import { findings, testRule } from '../../testkit/rule-tester.ts';
import { byHand, frame, panic, running } from '../../testkit/scene.ts';
import type { Access, FaultSite, Source } from '../facts/fault-site.ts';
import { badPointer } from '../facts/kit/bad-pointer.ts';
import type { FrameFact } from '../facts/kit/frames.ts';
import type { Blame } from './kit/define.ts';
import rule from './oops.ts';

const trigger = panic({ kind: 'oops', pid: 5, function: 'driver_look', module: 'driver' });
const access = (value: string, about: Partial<Access> = {}): Access => {
  const pointer = BigInt(value);
  return {
    address: `0x${BigInt.asUintN(64, pointer + 0x28n).toString(16)}`,
    kind: 'read',
    base: { register: 'rax', value, displacement: 0x28 },
    isOfCall: false,
    removed: null,
    pointer: badPointer(pointer, 0x28n, false),
    expression: null,
    ...about,
  };
};
const held: Source = {
  from: 'memory',
  object: { type: 'struct parcel', name: null, address: '0xffff888000001000', module: null },
  offset: 0x18,
  expression: 'parcel->peer',
  value: '0x0',
  cache: 'kmalloc-64',
  overrun: null,
  freedBy: null,
};
const site = (about: Partial<FaultSite> = {}): FaultSite => ({
  exception: 'page_fault',
  at: frame('driver_look', 'driver', { isInterrupted: true }),
  offset: 28,
  callers: [frame('driver_write', 'driver'), frame('vfs_write')],
  tailCaller: null,
  access: access('0x0'),
  loggedAddress: '0x28',
  source: held,
  check: null,
  isTrap: null,
  divisor: null,
  complaint: null,
  entry: null,
  warning: null,
  overflow: null,
  isWhole: true,
  ...about,
});
const given = (about: Partial<FaultSite> = {}) => ({
  trigger,
  tasks: [running(5, 0, 1)],
  site: site(about),
});
const blamed = (about: Partial<FaultSite>) =>
  findings(rule, given(about)).find((found) => found.says === 'blame') as Blame;
/** A pointer of which the log tells the address, too. */
const wild = (value: string, exception = 'general_protection'): Partial<FaultSite> => {
  const wanted = access(value);
  return { exception, access: wanted, loggedAddress: wanted.address };
};
const check = { file: 'driver.c', line: 12, isWarning: false };

testRule(rule, {
  blames: [
    {
      when: 'a NULL pointer was read through, and where it came from is seen',
      given: given(),
      confidence: 'proven',
      title: 'NULL pointer dereference',
    },
    {
      when: 'it was a function of the kernel proper: a driver may have damaged the object',
      given: given({ at: frame('kernel_look', null, { isInterrupted: true }) }),
      confidence: 'likely',
    },
    {
      when: 'the NULL came from nowhere that is seen',
      given: given({ source: null }),
      confidence: 'likely',
    },
    {
      when: 'the function was given the NULL: either it or its caller should have looked',
      given: given({
        source: { from: 'argument', index: 0, name: 'it', by: 'driver_write', source: held },
      }),
      confidence: 'likely',
    },
    {
      when: 'the log names another address',
      given: given({ loggedAddress: '0x40' }),
      confidence: 'likely',
    },
    { when: 'the stack is not whole', given: given({ isWhole: false }), confidence: 'likely' },
    {
      when: 'an error code was followed',
      given: given(wild('0xfffffffffffffff4', 'page_fault')),
      title: 'error code used as a pointer',
    },
    {
      when: 'a NULL pointer was called',
      given: given({ access: access('0x0', { kind: 'execute' }), loggedAddress: '0x0' }),
      title: 'call through a NULL pointer',
    },
    {
      when: 'the pointer lay in freed memory: whose fault that is does not follow',
      given: given(wild('0x6b6b6b6b6b6b6b6b')),
      confidence: 'likely',
      title: 'use after free',
    },
    {
      when: 'the mark of a deleted list entry was followed',
      given: given(wild('0xdead000000000100')),
      confidence: 'likely',
      title: 'use of a deleted list entry',
    },
    {
      when: 'a pointer holds text: somebody overwrote it',
      given: given(wild('0x6320656874206f74')),
      confidence: 'possible',
      title: 'pointer overwritten with text',
    },
    {
      when: 'the processor was given an instruction that it does not know',
      given: given({
        exception: 'invalid_op',
        access: null,
        loggedAddress: null,
        source: null,
        isTrap: false,
      }),
      confidence: 'likely',
      title: 'invalid opcode',
    },
    {
      when: 'a pointer that the program gave with its system call was followed directly',
      given: given({
        access: access('0x7ffc141bcf33', { isOfCall: true }),
        loggedAddress: '0x7ffc141bcf5b',
        source: null,
      }),
      confidence: 'likely',
      title: 'a program’s pointer followed as if it were the kernel’s',
    },
    {
      when: 'a pointer leads to where a module was',
      given: given({
        ...wild('0xffffffffc0532020', 'page_fault'),
        access: access('0xffffffffc0532020', { removed: 'driver' }),
        source: null,
      }),
      confidence: 'likely',
      title: 'use of a module that was removed',
    },
    {
      when: 'a pointer leads to where nothing is',
      given: given(wild('0xffffc90000123450', 'page_fault')),
      confidence: 'possible',
      title: 'bad pointer',
    },
    {
      when: 'a check failed',
      given: given({ exception: 'invalid_op', access: null, loggedAddress: null, check }),
      confidence: 'likely',
      title: 'BUG: a check failed',
    },
    {
      when: 'the allocator found memory freed twice',
      given: given({
        exception: 'invalid_op',
        access: null,
        loggedAddress: null,
        at: frame('__slab_free', null, { isInterrupted: true }),
        check: { file: 'mm/slub.c', line: 306, isWarning: false },
      }),
      title: 'memory freed twice, or the allocator’s lists damaged',
    },
    {
      when: 'a warning stopped the machine',
      given: {
        ...given({
          exception: 'invalid_op',
          access: null,
          loggedAddress: null,
          check: { ...check, isWarning: true },
          warning: 'valve 3 is open already',
        }),
        trigger: panic({ detector: 'warning', pid: 5 }),
      },
      title: 'WARN: a check failed',
    },
    {
      when: 'the check of lists found an entry deleted before',
      given: given({
        exception: 'invalid_op',
        access: null,
        loggedAddress: null,
        at: frame('__list_del_entry_valid', null, { isInterrupted: true }),
        complaint: 'list_del corruption, ffff888000001000->next is LIST_POISON1 (dead000000000100)',
      }),
      confidence: 'likely',
      title: 'list entry deleted or added twice',
    },
    {
      when: 'the check of lists found what somebody overwrote',
      given: given({
        exception: 'invalid_op',
        access: null,
        loggedAddress: null,
        at: frame('__list_add_valid', null, { isInterrupted: true }),
        complaint: 'list_add corruption. next->prev should be prev (a), but was b. (next=c).',
      }),
      confidence: 'possible',
      title: 'list corruption',
    },
    {
      when: 'a division by zero',
      given: given({ exception: 'divide_error', access: null, loggedAddress: null }),
      confidence: 'likely',
      title: 'division by zero',
    },
    {
      when: 'a function called itself until the stack was used up',
      given: given({
        exception: 'double_fault',
        access: null,
        loggedAddress: null,
        overflow: [{ function: 'driver_look', module: 'driver', frames: 90, bytes: 16000 }],
      }),
      confidence: 'proven',
      title: 'kernel stack overflow',
    },
    {
      when: 'several functions together used the stack up',
      given: given({
        exception: 'double_fault',
        access: null,
        loggedAddress: null,
        overflow: [
          { function: 'driver_write', module: 'driver', frames: 1, bytes: 9000 },
          { function: 'driver_look', module: 'driver', frames: 1, bytes: 7000 },
        ],
      }),
      confidence: 'likely',
    },
  ],
  doubts: [
    {
      when: 'the registers of the fault were not found',
      given: { ...given(), site: null },
      about: /registers/,
    },
    {
      when: 'it happened where no symbol is known',
      given: given({ at: frame('f', null, { function: null }), callers: [] }),
      about: /no symbol/,
    },
  ],
  silent: [
    { when: 'the kernel did not fault', given: { ...given(), trigger: panic() } },
    {
      when: 'somebody asked for the crash, whatever faulted then',
      given: { ...given(), trigger: byHand(5) },
    },
  ],
});

test('the culprit is a function; the task only triggered it', () => {
  const { suspects } = blamed({});
  expect(suspects.map(({ role, function: f, task }) => [role, f?.name, task?.pid])).toEqual([
    ['culprit', 'driver_look', undefined],
    ['trigger', undefined, 5],
  ]);
});

test('where a function that everyone calls faulted, its caller is blamed, less surely', () => {
  const { suspects, confidence } = blamed({ at: frame('memcpy', null, { isInterrupted: true }) });
  expect(suspects[0]?.function).toEqual({ name: 'driver_write', module: 'driver' });
  expect(confidence).not.toBe('proven');
});

test('a fault in an interrupt is not laid at the door of the task it came upon', () => {
  const { headline, suspects } = blamed({
    callers: [frame('driver_intr', 'driver'), frame('asm_common_interrupt'), frame('vfs_write')],
  });
  expect(headline).toContain('in an interrupt that came while program-5 (pid 5) ran');
  expect(suspects[1]?.why).toContain('an interrupt broke in on it');
});

test('what was followed has its name in the source, where types tell it', () => {
  const { because, suspects } = blamed({
    access: access('0x0', { expression: 'parcel->peer->label' }),
  });
  expect(because).toContain('read at 0x28 (rax 0x0 + 0x28), parcel->peer->label');
  expect(because).toContain(
    'from the struct parcel at 0xffff888000001000, at offset 0x18 (slab cache kmalloc-64), parcel->peer',
  );
  expect(suspects[0]?.object).toMatchObject({ type: 'struct parcel' });
});

test('who used the stack up is blamed, not who needed the last of it', () => {
  const { suspects } = blamed({
    exception: 'double_fault',
    access: null,
    at: frame('memset', null, { isInterrupted: true }),
    callers: [frame('leaf', 'other'), frame('driver_write', 'driver')],
    overflow: [
      { function: 'driver_write', module: 'driver', frames: 40, bytes: 15000 },
      { function: 'leaf', module: 'other', frames: 1, bytes: 600 },
    ],
  });
  expect(suspects[0]?.function).toEqual({ name: 'driver_write', module: 'driver' });
});

test('an entry deleted twice is shown in memory, too', () => {
  const { evidence } = blamed({
    exception: 'invalid_op',
    complaint: 'list_del corruption, ffff888000001000->next is LIST_POISON1 (dead000000000100)',
  });
  expect(evidence.map(({ command }) => command)).toContain('rd ffff888000001000 2');
});

test('who freed the object that was still used is named, too, where the allocator kept that', () => {
  const freedBy = {
    function: 'driver_drop',
    module: 'driver',
    pid: 9,
    track: '0xffff888000001050',
    from: '0xffffffffc0001234',
  };
  const of = (value: string) =>
    blamed({ ...wild(value), source: { ...held, freedBy } }).suspects.map(
      ({ role, function: f }) => [role, f?.name],
    );
  expect(of('0x6b6b6b6b6b6b6b6b')).toContainEqual(['culprit', 'driver_drop']);
  // Of an object in use it is an older story.
  expect(of('0x0123456789abcdef')).not.toContainEqual(['culprit', 'driver_drop']);
});

test('what was divided by is named', () => {
  const memory = { type: '', name: 'whole', address: '0xffffffffc0001000', module: 'driver' };
  const { because, evidence } = blamed({
    exception: 'divide_error',
    access: null,
    divisor: { expression: 'whole', memory },
  });
  expect(because).toContain('it divided by the variable whole [driver], which is 0');
  expect(evidence.map(({ command }) => command)).toContain('rd -32 ffffffffc0001000 1');
});

test('a text that ran over the pointer is told, with where it began', () => {
  const overrun = { text: 'from the north to the sea', offset: 0, member: 'name[0]' };
  const { because } = blamed({
    ...wild('0x6874206f74206874'),
    source: { ...held, overrun },
  });
  expect(because).toContain('“from the north to the sea”, which begins in its member name[0]');
});

test.each(['update_totals', 'stream_read', 'downlink_start', 'rb_fill'])(
  '%s is a driver’s own function, however it sounds',
  (name) =>
    expect(
      blamed({ at: frame(name, 'driver', { isInterrupted: true }) }).suspects[0]?.function?.name,
    ).toBe(name),
);

test.each(['update_rq_clock', 'uprobe_mmap', 'strobe'])(
  'nor is %s one that everyone calls',
  (name) =>
    expect(
      blamed({ at: frame(name, null, { isInterrupted: true }) }).suspects[0]?.function?.name,
    ).toBe(name),
);

test.each([
  'strlen',
  'strscpy',
  'kfree',
  'down_write',
  'up_read',
  '_raw_spin_lock_irqsave',
  '__mutex_lock',
  'skb_over_panic',
  'refcount_warn_saturate',
])('%s is called by everyone', (name) =>
  expect(
    blamed({ at: frame(name, null, { isInterrupted: true }) }).suspects[0]?.function?.name,
  ).toBe('driver_write'),
);

test('who jumped on to a function that everyone calls is blamed, though it has no frame', () => {
  const about = { frame: frame('driver_print', 'driver'), call: '0xffffffffc0001230' };
  const of = (at: FrameFact) => blamed({ at, tailCaller: about });
  const { suspects, evidence } = of(frame('memcpy', null, { isInterrupted: true }));
  expect(suspects[0]?.function?.name).toBe('driver_print');
  expect(evidence.map(({ command }) => command)).toContain('dis 0xffffffffc0001230 1');
  // A function of its own is to blame itself.
  expect(of(frame('driver_look', 'driver')).suspects[0]?.function?.name).toBe('driver_look');
});

test('who jumped through a bad pointer as its last act is blamed, not who had called it', () => {
  const tailCaller = { frame: frame('driver_stop', 'driver'), call: '0xffffffffc0001230' };
  const { suspects } = blamed({ access: access('0x0', { kind: 'execute' }), tailCaller });
  expect(suspects[0]?.function?.name).toBe('driver_stop');
});
