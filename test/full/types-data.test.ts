// The data of p, struct, whatis, list and tree, and what no recording of crash shows.
import { expect, test } from 'vitest';
import { answers, dataOf } from './kit.ts';

// TRUTH.md of kernel-abba: router holds route_lock, a mutex of the module parcelq, which BTF has no variable for.
test('kernel-abba: who holds a mutex of a module, by expressions alone', async () => {
  const owner = '((struct mutex *)&route_lock)->owner.counter & ~7';
  const [untyped, mutex, holder, again] = await answers(
    'kernel-abba',
    'p route_lock',
    'p -x (struct mutex)route_lock',
    `p ((struct task_struct *)(${owner}))->comm`,
    'p $2[0]',
  );
  expect(untyped).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining('cast it to its declared type: (TYPE)route_lock') },
  });
  expect(mutex).toMatchObject({ ok: true, data: { type: 'struct mutex' } });
  expect(holder).toMatchObject({
    ok: true,
    data: { type: 'char [16]', values: [{ cpu: null, value: 'router' }] },
  });
  expect(again).toMatchObject({ ok: true, data: { values: [{ value: 'r'.charCodeAt(0) }] } });
});

test('rt-loop: data of each command', async () => {
  // testdata/answers/rt-loop/crash/types.txt.gz and types-more.txt.gz
  expect(await dataOf('rt-loop', 'struct task_struct.pid,comm init_task')).toMatchObject({
    type: 'struct task_struct',
    size: 9792,
    values: [{ cpu: null, address: '0xffffffffb6010940', value: { pid: 0, comm: 'swapper/0' } }],
  });
  expect(await dataOf('rt-loop', 'struct rq.nr_running runqueues:a')).toMatchObject({
    values: [
      { cpu: 0, address: '0xffff88c957436040', value: { nr_running: 4 } },
      { cpu: 1, address: '0xffff88c957536040', value: { nr_running: 12 } },
    ],
  });
  expect(await dataOf('rt-loop', 'p runqueues')).toMatchObject({
    type: 'struct rq',
    values: [
      { cpu: 0, address: '0xffff88c957436040' },
      { cpu: 1, address: '0xffff88c957536040' },
    ],
  });
  const [kinds] = (await dataOf('rt-loop', 'whatis pid_type')) as { values: unknown }[];
  expect(kinds?.values).toEqual(
    ['PID', 'TGID', 'PGID', 'SID', 'MAX'].map((name, i) => ({
      name: `PIDTYPE_${name}`,
      value: `${i}`,
    })),
  );
  const list = await dataOf('rt-loop', 'list -H modules -o module.list -s module.name');
  expect(list).toMatchObject({ error: null });
  expect((list as { entries: unknown[] }).entries[0]).toEqual({
    address: '0xffffffffc04afec0',
    values: { name: 'ipmi_watchdog' },
  });
  const tree = await dataOf('rt-loop', 'tree -t maple -s irq_desc.irq_data.irq sparse_irqs');
  expect((tree as { entries: unknown[] }).entries[1]).toEqual({
    address: '0xffff88c941185e00',
    index: '1',
    last: '1',
    position: 'root/0/1',
    values: { 'irq_data.irq': 1 },
  });
});

test('rt-loop: a type of a module only', async () => {
  // testdata/answers has no module's types of crash's: these are the members of fs/ext4/ext4.h (6.12).
  expect(await dataOf('rt-loop', 'struct ext4_map_blocks')).toMatchObject({
    type: 'struct ext4_map_blocks',
    members: [{ name: 'm_pblk' }, { name: 'm_lblk' }, { name: 'm_len' }, { name: 'm_flags' }],
  });
});
