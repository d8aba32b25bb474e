// Which lines of a log are complaints.
import { expect, test } from 'vitest';
import { alarmsOf } from './alarms.ts';

const kindOf = (text: string, facility = 0) =>
  alarmsOf([{ text, facility, timestampNs: 1e9 }])[0]?.kind;

test.each([
  ['INFO: task intake:209 blocked for more than 12 seconds.', 'hung task'],
  ['watchdog: BUG: soft lockup - CPU#0 stuck for 16s! [customer:175]', 'soft lockup'],
  ['rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:', 'RCU stall'],
  ['rcu: INFO: rcu_sched self-detected stall on CPU', 'RCU stall'],
  ['rcu: rcu_preempt kthread starved for 5250 jiffies! g1577 f0x0', 'starved RCU'],
  ['BUG: kernel NULL pointer dereference, address: 0000000000000028', 'kernel bug'],
  [
    'BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 33s!',
    'workqueue lockup',
  ],
  ['Out of memory: Killed process 123 (x) total-vm:1kB', 'out of memory'],
  ['I/O error, dev sda, sector 5 op 0x0:(READ) flags 0x0', 'I/O error'],
  ['mce: [Hardware Error]: CPU 2: Machine Check: 0 Bank 4: fe', 'hardware error'],
  ['WARNING: CPU: 1 PID: 5 at kernel/x.c:12 f+0x1/0x2', 'kernel warning'],
  // As 7.2 writes it.
  ['WARNING: valves.c:11 at valve_open+0x1d/0x30 [valves], CPU#1: plumber/178', 'kernel warning'],
  ['BUG kmalloc-64 (Tainted: G           OE     ): Right Redzone overwritten', 'slab corruption'],
])('%s: %s', (text, kind) => expect(kindOf(text)).toBe(kind));

/** Lines of healthy machines. */
test.each([
  'PCI: Using host bridge windows from ACPI; if necessary, use "pci=nocrs" and report a bug',
  'RAS: Correctable Errors collector initialized.',
  'calibrate_delay_direct() failed to get a good estimate for loops_per_jiffy.',
  'sysrq: Trigger a crash',
  'Kernel panic - not syncing: sysrq triggered crash',
  'parcelq: module verification failed: signature and/or required key missing - tainting kernel',
])('%s: none', (text) => expect(kindOf(text)).toBeUndefined());

test('what a program wrote to /dev/kmsg is no complaint of the kernel’s', () =>
  expect(kindOf('BUG: soft lockup', 1)).toBeUndefined());

test('a kind is told once, with its first line and how often', () => {
  const line = (pid: number) => ({
    text: `INFO: task x:${pid} blocked for more than 12 seconds.`,
    facility: 0,
    timestampNs: pid * 1e9,
  });
  expect(alarmsOf([line(1), line(2)])).toEqual([
    { kind: 'hung task', text: line(1).text, timestampNs: 1e9, count: 2 },
  ]);
});
