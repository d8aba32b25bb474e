// The verdict on every whole dump, against the TRUTH.md beside it.
import { afterAll, describe, expect, test } from 'vitest';
import { Fault } from '../../src/bytes/fault.ts';
import { runLine } from '../../src/commands/kit/run.ts';
import { newSession } from '../../src/commands/kit/session.ts';
import { openDump } from '../../src/doors/open.ts';
import type { Verdict } from '../../src/rules/kit/verdict.ts';
import type { Dump } from '../../src/types/dump.ts';

const folder = process.env.INQUEST_DUMPS ?? '';

const dumps = [
  'rt-loop',
  'rt-loop-510',
  'null-deref',
  'healthy',
  'kernel-abba',
  'soft-lockup',
  'mtd-slow',
  'user-deadlock',
] as const;
type Name = (typeof dumps)[number];

const opened = new Map<Name, Promise<Dump>>();
const verdicts = new Map<Name, Promise<Verdict>>();

function dumpOf(name: Name): Promise<Dump> {
  const dump = opened.get(name) ?? openDump([`${folder}/${name}/vmcore`]);
  opened.set(name, dump);
  return dump;
}

function why(name: Name): Promise<Verdict> {
  const verdict =
    verdicts.get(name) ??
    dumpOf(name).then(async (dump) => {
      const answer = await runLine({ dump, session: newSession() }, 'why');
      if (!answer.ok) throw new Error(answer.error.message);
      return answer.data as Verdict;
    });
  verdicts.set(name, verdict);
  return verdict;
}

afterAll(async () => {
  for (const dump of opened.values()) (await dump).close();
});

const pidsOf = (verdict: Verdict, role: string): number[] =>
  verdict.suspects
    .filter((suspect) => suspect.role === role)
    .flatMap((suspect) => suspect.task?.pid ?? [])
    .sort((a, b) => a - b);

const innocents = (verdict: Verdict): string[] => verdict.exonerated.map(({ name }) => name);

describe.each(dumps)('%s', (name) => {
  test('every command of the verdict has an answer, and every piece of evidence is in it', async () => {
    const verdict = await why(name);
    const dump = await dumpOf(name);
    const commands = [...verdict.evidence, ...verdict.exonerated, ...verdict.next];
    expect(verdict.evidence.length).toBeGreaterThan(0);
    for (const item of commands) {
      const answer = await runLine({ dump, session: newSession() }, item.command);
      expect([item.command, answer.ok]).toEqual([item.command, true]);
      const lines = answer.ok ? answer.text.split('\n') : [];
      if ('output' in item)
        for (const line of item.output.split('\n')) expect(lines).toContain(line);
    }
  });

  test('its first sentence is for everybody: no word of the kernel’s own', async () => {
    const { headline } = await why(name);
    expect(headline).not.toMatch(/\[|\b(?:mutex|spinlock|rwsem|semaphore|futex|folio)\b|\w_t\b|0x/);
  });

  test('no evidence was withdrawn', async () => {
    expect(
      (await why(name)).doubts.filter((text) => /withdrawn|cannot be shown/.test(text)),
    ).toEqual([]);
  });

  test('whoever is cleared is not accused', async () => {
    const verdict = await why(name);
    const accused = verdict.suspects
      .filter(({ role }) => role === 'culprit' || role === 'holder')
      .flatMap(({ task, function: f }) => [
        task && `${task.comm} (pid ${task.pid})`,
        f?.module,
        f?.name,
      ]);
    expect(innocents(verdict).filter((innocent) => accused.includes(innocent))).toEqual([]);
  });
});

/** `[dump, loops, daemon, waiters besides the daemon, since when each loop ran, last sign of life of the daemon]`. */
const starved = [
  [
    'rt-loop',
    [237, 242],
    218,
    [9, 12, 17, 18, 27, 39, 45, 66, 150, 196, 198, 228, 241],
    [28.78, 35.03],
    31.9,
  ],
  [
    'rt-loop-510',
    [179, 184],
    160,
    [11, 12, 14, 18, 28, 53, 140, 142, 170, 183],
    [27.92, 34.1],
    31.1,
  ],
] as const;

describe.each(starved)('case 1: %s', (name, loops, daemon, waiters, since, lastPat) => {
  test('two real-time loops are to blame, and it is proven', async () => {
    const verdict = await why(name);
    expect(verdict.schema).toBe('inquest.verdict/1');
    expect(verdict.verdict).toEqual({
      where: 'user',
      kind: 'loop',
      title: 'real-time starvation',
      rule: 'rt-user-loop',
      confidence: 'proven',
    });
    expect(pidsOf(verdict, 'culprit')).toEqual(loops);
    expect(pidsOf(verdict, 'victim')).toEqual([...waiters, daemon].sort((a, b) => a - b));
  });

  test('the trigger is the IPMI watchdog, with the settings of its driver', async () => {
    const { trigger } = await why(name);
    expect(trigger).toMatchObject({
      kind: 'panic',
      detector: 'ipmi-watchdog',
      function: 'ipmi_wdog_pretimeout_handler',
      module: 'ipmi_watchdog',
      message: 'Watchdog pre-timeout',
      cpu: 0,
      pid: loops[0],
    });
    expect(trigger.parameters).toMatchObject({
      timeout: 90,
      pretimeout: 30,
      preaction: 'pre_int',
      preop: 'preop_panic',
      action: 'reset',
    });
    expect(trigger.uptimeSeconds).toBeCloseTo(name === 'rt-loop' ? 91.921 : 91.046, 2);
  });

  test('since when each ran is right within 0.1 s', async () => {
    const culprits = (await why(name)).suspects.filter(({ role }) => role === 'culprit');
    for (const [i, { why: text }] of culprits.entries()) {
      const times = [...text.matchAll(/([\d.]+) s of uptime/g)].map((match) => Number(match[1]));
      expect(times.length).toBeGreaterThan(0);
      expect(Math.min(...times)).toBeLessThan((since[i] as number) + 0.1);
      expect(Math.max(...times)).toBeGreaterThan((since[i] as number) - 0.1);
      expect(Math.max(...times) - Math.min(...times)).toBeLessThan(0.5);
      expect(text).toContain('SCHED_RR 99, in user mode');
      expect(text).toMatch(/started by bash .* ← sshd-session .* ← sshd .* ← init/);
      expect(text).toContain('kernel.sched_rt_runtime_us -1');
    }
  });

  test('the daemon did not run for 60 s, 50 s of which it waited', async () => {
    const verdict = await why(name);
    const text = verdict.suspects.find(({ task }) => task?.pid === daemon)?.why ?? '';
    expect(text).toMatch(
      /wants CPU 1 for 50\.0 s, last ran 60\.0 s ago; it has the watchdog’s device open/,
    );
    const arithmetic = verdict.evidence.find(({ claim }) => claim.startsWith('the watchdog warns'));
    expect(arithmetic?.claim).toContain('60 s after the last pat (timeout 90 s, pre-timeout 30 s');
    const pat = Number(/last pat was at about ([\d.]+) s/.exec(arithmetic?.claim ?? '')?.[1]);
    expect(Math.abs(pat - lastPat)).toBeLessThanOrEqual(0.1);
  });

  test('drivers, messengers, RCU and the stoppers are cleared', async () => {
    const verdict = await why(name);
    const names = innocents(verdict);
    for (const module of ['e1000', 'ipmi_watchdog', 'ipmi_si', 'ipmi_msghandler'])
      expect(names).toContain(module);
    expect(names.filter((n) => n.startsWith('migration/'))).toHaveLength(2);
    expect(names.some((n) => n.startsWith('rcu_'))).toBe(true);
    expect(names).toContain(`watchdog (pid ${daemon})`);
    const driver = verdict.exonerated.find((innocent) => innocent.name === 'e1000');
    // /proc/interrupts' own counters: 1,636 and 505 on CPU 1, none on CPU 0.
    expect(driver?.reason).toContain(`${name === 'rt-loop' ? 1636 : 505} interrupts`);
    expect(driver?.reason).toContain('0 of them on CPU 0');
  });
});

test('null-deref: the driver’s function is to blame, its caller only triggered it', async () => {
  const verdict = await why('null-deref');
  expect(verdict.verdict).toMatchObject({ where: 'kernel', kind: 'crash', rule: 'oops' });
  expect(verdict.verdict.confidence).toBe('proven');
  expect(verdict.trigger).toMatchObject({
    kind: 'oops',
    function: 'parcel_check',
    module: 'parcel',
    cpu: 1,
    pid: 166,
  });
  const [culprit] = verdict.suspects.filter(({ role }) => role === 'culprit');
  expect(culprit?.function).toEqual({ name: 'parcel_check', module: 'parcel' });
  expect(culprit?.why).toContain('read at 0x28 (rax 0x0 + 0x28)');
  // Parcel 7, whose pointer at 0x18 is NULL.
  expect(culprit?.why).toContain('the object at 0xffff8dbb515a0680, at offset 0x18');
  expect(culprit?.object?.address).toBe('0xffff8dbb515a0680');
  expect(culprit?.task).toBeNull();
  expect(pidsOf(verdict, 'trigger')).toEqual([166]);
});

test('healthy: nothing was wrong, and run 204 asked for the dump', async () => {
  const verdict = await why('healthy');
  expect(verdict.verdict).toMatchObject({ where: 'none', kind: 'requested', rule: 'requested' });
  expect(verdict.trigger).toMatchObject({ kind: 'sysrq', pid: 204, cpu: 0 });
  expect(verdict.suspects.map(({ role, task }) => [role, task?.pid])).toEqual([['trigger', 204]]);
});

test('user-deadlock: threads 164 and 165 of ledgerd hold what the other wants', async () => {
  const verdict = await why('user-deadlock');
  expect(verdict.verdict).toEqual({
    where: 'user',
    kind: 'deadlock',
    title: 'AB-BA: 2 threads of one program wait for each other',
    rule: 'user-deadlock',
    confidence: 'proven',
  });
  expect(verdict.trigger).toMatchObject({ kind: 'sysrq', detector: 'none', cpu: 1, pid: 188 });
  expect(verdict.trigger.message).toBe('sysrq triggered crash');
  expect(verdict.trigger.uptimeSeconds).toBeCloseTo(20.609, 1);
  const of = (role: string) => verdict.suspects.filter((suspect) => suspect.role === role);
  const accounts = '0x55611d2290e0';
  const journal = '0x55611d2290a0';
  expect(
    of('culprit').map(({ task, cpu, object }) => [task?.pid, task?.tgid, cpu, object?.address]),
  ).toEqual([
    [164, 162, 0, journal],
    [165, 162, 1, accounts],
  ]);
  const [post, recon] = of('culprit').map(({ why: text }) => text);
  expect(post).toContain(`holds the lock at ${accounts} and waits for the lock at ${journal}`);
  expect(recon).toContain(`holds the lock at ${journal} and waits for the lock at ${accounts}`);
  for (const text of [post, recon]) {
    expect(text).toContain('asleep for 12.1 s');
    const since = Number(/since ([\d.]+) s of uptime/.exec(text ?? '')?.[1]);
    expect(Math.abs(since - 8.5)).toBeLessThan(0.05);
  }
  expect(pidsOf(verdict, 'victim')).toEqual([162, 166]);
  const [main, api] = of('victim').sort((a, b) => (a.task?.pid ?? 0) - (b.task?.pid ?? 0));
  expect(api?.object?.address).toBe(accounts);
  expect(api?.why).toMatch(/asleep for 10\.1 s/);
  expect(main?.why).toMatch(
    /waits for the end of ledger-post \(pid 164\); asleep for 8\.1[0-9]* s/,
  );
  expect(pidsOf(verdict, 'trigger')).toEqual([188]);
  for (const name of [
    'rates-worker (pid 160)',
    'rates-worker (pid 161)',
    'ledger-stats (pid 167)',
    'bash (pid 188)',
    'futex_wait',
  ])
    expect(innocents(verdict)).toContain(name);
  expect(verdict.doubts).toEqual([]);
});

describe('soft-lockup', () => {
  test('the loop is to blame, not the CPU whose watchdog fired', async () => {
    const verdict = await why('soft-lockup');
    expect(verdict.verdict).toEqual({
      where: 'kernel',
      kind: 'loop',
      title: 'an endless loop in the kernel, with a lock held',
      rule: 'kernel-loop',
      // The ring that it goes round in was not read.
      confidence: 'likely',
    });
    expect(verdict.trigger).toMatchObject({
      kind: 'panic',
      detector: 'softlockup',
      function: 'watchdog_timer_fn',
      cpu: 0,
      pid: 175,
      parameters: { watchdog_thresh: 6 },
    });
    expect(verdict.trigger.uptimeSeconds).toBeCloseTo(34.5, 1);
  });

  test('who, where, which lock, since when', async () => {
    const { suspects } = await why('soft-lockup');
    const lock = {
      type: 'spinlock_t',
      name: 'bank_lock',
      address: '0xffffffffc05b2040',
      module: 'lockerbank',
    };
    expect(suspects.filter(({ role }) => role === 'culprit')).toEqual([
      {
        role: 'culprit',
        task: { pid: 177, tgid: 177, comm: 'janitor', task: '0xffff8b6a82b4c600' },
        cpu: 1,
        object: lock,
        function: { name: 'bank_scrub', module: 'lockerbank' },
        why: expect.stringContaining('since 19.5 s of uptime'),
      },
    ]);
    expect(suspects.find(({ task }) => task?.pid === 175)).toMatchObject({
      role: 'victim',
      cpu: 0,
      object: lock,
      function: { name: 'bank_return', module: 'lockerbank' },
    });
  });

  test('all that wanted a CPU are victims, and nobody else is', async () => {
    const verdict = await why('soft-lockup');
    const waiting = [9, 12, 14, 18, 24, 33, 40, 53, 176, 185];
    expect(pidsOf(verdict, 'victim')).toEqual([...waiting, 175].sort((a, b) => a - b));
  });

  test('the blamed CPU, its task, and the spinlock’s code are cleared', async () => {
    const names = innocents(await why('soft-lockup'));
    for (const name of [
      'customer (pid 175)',
      'CPU 0',
      'native_queued_spin_lock_slowpath',
      'watchdog_timer_fn',
    ])
      expect(names).toContain(name);
  });
});

describe('kernel-abba', () => {
  test('the two that hold and want each other’s lock are to blame, and it is proven', async () => {
    const verdict = await why('kernel-abba');
    expect(verdict.verdict).toEqual({
      where: 'kernel',
      kind: 'deadlock',
      title: 'two locks taken in opposite order (AB-BA)',
      rule: 'kernel-deadlock',
      confidence: 'proven',
    });
    expect(verdict.trigger).toMatchObject({
      kind: 'panic',
      detector: 'hung-task',
      cpu: 0,
      pid: 34,
    });
    expect(verdict.trigger.parameters).toEqual({ timeout: 12 });
    expect(pidsOf(verdict, 'culprit')).toEqual([213, 214]);
    expect(pidsOf(verdict, 'victim')).toEqual([209, 210]);
    expect(pidsOf(verdict, 'waiter')).toEqual([]);
  });

  test('each with its function, the lock it holds, and since when', async () => {
    const of = async (pid: number) =>
      (await why('kernel-abba')).suspects.find(({ task }) => task?.pid === pid);
    const lock = (name: string, address: string) => ({
      type: 'mutex',
      name,
      address,
      module: 'parcelq',
    });
    const queue = lock('queue_lock', '0xffffffffc04ee0e0');
    const route = lock('route_lock', '0xffffffffc04ee0c0');
    const place = (name: string) => ({ name, module: 'parcelq' });
    expect(await of(213)).toMatchObject({ object: queue, function: place('parcelq_dispatch') });
    expect(await of(214)).toMatchObject({ object: route, function: place('parcelq_reroute') });
    expect(await of(209)).toMatchObject({ object: queue, function: place('parcelq_submit') });
    expect(await of(210)).toMatchObject({ object: queue, function: place('parcelq_show') });
    // Asleep since 10.090 and 11.006 of 25.104 s.
    for (const pid of [209, 213, 214]) expect((await of(pid))?.why).toContain('for 15.0 s');
    expect((await of(210))?.why).toContain('for 14.1 s');
  });

  test('the first that the log names is cleared, and the watchdog’s thread', async () => {
    const { exonerated } = await why('kernel-abba');
    const reasonOf = (start: string) =>
      exonerated.find(({ name }) => name.startsWith(start))?.reason;
    expect(reasonOf('intake')).toContain('the log names it first');
    expect(reasonOf('stocktake')).toContain('only stands in line');
    expect(reasonOf('khungtaskd')).toBeDefined();
    expect(reasonOf('CPU 1')).toBeDefined();
  });

  test('both owner words, and the three in line for one of them in their order', async () => {
    const claims = (await why('kernel-abba')).evidence;
    const shown = (address: string) =>
      claims.find(({ command }) => command.startsWith(`rd ${address}`));
    expect(shown('0xffffffffc04ee0e0')?.output).toContain('ffff8d5102440001');
    expect(shown('0xffffffffc04ee0c0')?.output).toContain('ffff8d5102318001');
    for (const waiter of ['0xffffce3d00463af0', '0xffffce3d0041be60', '0xffffce3d0047bc60'])
      expect(shown(waiter)).toBeDefined();
  });
});

test('user-deadlock without the programs’ memory: who waits is certain, who holds is not', async () => {
  const dump = await openDump([`${folder}/user-deadlock/vmcore`]);
  const { physical } = dump;
  const page = physical.page.bind(physical);
  // What makedumpfile -d 8 leaves out.
  physical.page = (pfn, isUser) => (isUser ? new Fault('excluded', undefined) : page(pfn, isUser));
  const answer = await runLine({ dump, session: newSession() }, 'why');
  dump.close();
  const verdict = (answer.ok ? answer.data : null) as Verdict;
  expect(verdict.verdict.kind).toBe('undecided');
  expect(pidsOf(verdict, 'culprit')).toEqual([]);
  expect(pidsOf(verdict, 'waiter')).toEqual([164, 165, 166]);
  expect(verdict.doubts.join()).toContain('memory, which is not in the dump');
});

test('mtd-slow: dd waits for a read of vdd within a write to mtd0', async () => {
  const verdict = await why('mtd-slow');
  expect(verdict.verdict).toEqual({
    where: 'hardware',
    kind: 'slow',
    title: 'I/O slow: 1 disk answers far too late',
    rule: 'slow-io',
    confidence: 'likely',
  });
  expect(verdict.trigger).toMatchObject({ kind: 'sysrq', detector: 'none', cpu: 0, pid: 155 });
  expect(verdict.trigger.message).toBe('sysrq triggered crash');
  expect(verdict.trigger.uptimeSeconds).toBeCloseTo(49.127, 1);
  const [culprit, ...others] = verdict.suspects.filter(({ role }) => role === 'culprit');
  expect(others).toEqual([]);
  expect(culprit?.task).toBeNull();
  expect(culprit?.object).toMatchObject({ type: 'gendisk', name: 'vdd' });
  expect(culprit?.why).toContain('1 request under way; a read of 4096 bytes');
  expect(culprit?.why).toMatch(
    /under way for 8\.[23]\d s, and the 6 reads before took 5\.3\d s each/,
  );
  expect(culprit?.why).toMatch(/\(vda, vdb, vdc and mtdblock0\) have nothing under way/);
  const [waiter] = verdict.suspects.filter(({ role }) => role === 'waiter');
  expect([waiter?.task?.pid, waiter?.task?.task, waiter?.cpu]).toEqual([
    170,
    '0xffff88e0829aa100',
    0,
  ]);
  expect(waiter?.why).toMatch(/^asleep for 8\.2\d s in folio_wait_bit_common/);
  expect(waiter?.why).toContain(
    'block2mtd_write [block2mtd], within write(1, …, 512) to /dev/mtd0',
  );
  // pos 12288, in writes of 512 bytes.
  expect(waiter?.why).toContain('24 writes of 12288 bytes together');
  expect(pidsOf(verdict, 'trigger')).toEqual([155]);
  for (const name of ['mtd', 'block2mtd', 'virtio_blk', 'run (pid 155)'])
    expect(innocents(verdict)).toContain(name);
});

describe('signatures', () => {
  const familyOf = async (name: Name) => (await why(name)).signature.family;

  test('the same fault on 5.10 and 6.12 is of one family; strictly they are two', async () => {
    const [new612, old510] = [
      (await why('rt-loop')).signature,
      (await why('rt-loop-510')).signature,
    ];
    expect(old510.text).toBe(new612.text);
    expect(old510.family).toBe(new612.family);
    expect(old510.strict).not.toBe(new612.strict);
  });

  test('all others differ, and all are whole', async () => {
    const families = new Set<string>();
    for (const name of dumps) {
      families.add(await familyOf(name));
      expect([name, (await why(name)).signature.corrupt]).toEqual([name, false]);
    }
    expect(families.size).toBe(dumps.length - 1);
  });

  test.each(['healthy', 'null-deref', 'rt-loop', 'rt-loop-510', 'soft-lockup'] as const)(
    '%s: its slim dump has the same',
    async (name) => {
      const slim = await openDump([`testdata/dumps/${name}/vmcore`]);
      const answer = await runLine({ dump: slim, session: newSession() }, 'why');
      slim.close();
      const verdict = (answer.ok ? answer.data : null) as Verdict;
      expect(verdict.signature).toEqual((await why(name)).signature);
    },
  );
});
