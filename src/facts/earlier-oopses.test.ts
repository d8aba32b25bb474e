// What the log tells of oopses that the kernel went on after.
import { expect, test } from 'vitest';
import { oopsesIn } from './earlier-oopses.ts';

const log = (...texts: readonly string[]) =>
  texts.map((text, i) => ({ text, facility: 0, timestampNs: i * 1e9 }));

/** As 5.10 and 7.2 write it, shortened. */
const NEW = [
  'BUG: kernel NULL pointer dereference, address: 0000000000000004',
  '#PF: supervisor read access in kernel mode',
  'Oops: 0000 [#1] SMP NOPTI',
  'CPU: 1 UID: 0 PID: 178 Comm: the conductor Kdump: loaded Tainted: G           OE       7.2.13',
  'RIP: 0010:tariff_price.isra.0+0x1f/0x40 [tariffs]',
  'RIP: 0033:0x7fa9f4b0da02',
];
const OLD = [
  'general protection fault, probably for non-canonical address 0x6b6b6b6b6b6b6b6b: 0000 [#2] SMP',
  'CPU: 0 PID: 7 Comm: x Not tainted 5.10.0-46-amd64 #1',
  'RIP: 0010:kfree+0x1f/0x40',
];

test('one oops has several lines', () => {
  expect(oopsesIn(log(...NEW))).toEqual([
    {
      text: NEW[0],
      timestampNs: 0,
      cpu: 1,
      pid: 178,
      comm: 'the conductor',
      function: 'tariff_price',
      symbol: 'tariff_price.isra.0',
      module: 'tariffs',
    },
  ]);
});

test('each has its own', () => {
  const [first, second, ...others] = oopsesIn(log('all is well', ...NEW, ...OLD, 'on we go'));
  expect(others).toEqual([]);
  expect([first?.function, second?.function, second?.pid, second?.module]).toEqual([
    'tariff_price',
    'kfree',
    7,
    null,
  ]);
});

test('what a program wrote is no oops', () =>
  expect(oopsesIn(log(...NEW).map((record) => ({ ...record, facility: 1 })))).toEqual([]));
