// What `why` says of crashes beyond the verdict's words that test/verdicts.test.ts compares: types, objects, amounts.
import { expect, test } from 'vitest';
import { runLine } from '../src/commands/kit/run.ts';
import { newSession } from '../src/commands/kit/session.ts';
import { openDump } from '../src/doors/open.ts';
import type { Verdict } from '../src/rules/kit/verdict.ts';

async function why(name: string): Promise<Verdict> {
  const dump = await openDump([`testdata/dumps/${name}/vmcore`]);
  try {
    const answer = await runLine({ dump, session: newSession() }, 'why');
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.data as Verdict;
  } finally {
    dump.close();
  }
}

/** lab/scenarios/invoice-null/modules/invoicer.c: `invoice->customer->discount`, at 24 and 28 bytes. */
test('a member is named where the module brought its types', async () => {
  const { verdict, trigger, suspects, evidence, doubts } = await why('invoice-null');
  expect(verdict).toMatchObject({ title: 'NULL pointer dereference', confidence: 'proven' });
  expect(trigger).toMatchObject({ kind: 'oops', function: 'invoice_total', module: 'invoicer' });
  const [culprit] = suspects;
  expect(culprit?.why).toContain('read at 0x1c (rax 0x0 + 0x1c), invoice->customer->discount');
  expect(culprit?.why).toContain('at offset 0x18 (slab cache kmalloc-64), invoice->customer');
  expect(culprit?.object?.type).toBe('struct invoice');
  expect(
    evidence.find(({ command }) => command.startsWith('struct invoice.customer '))?.output,
  ).toContain('customer = 0x0');
  expect(doubts).toEqual([]);
});

/** lab/scenarios/cache-leak/modules/journal.c: entries of 1,008 bytes; the guest has 384 MB, half of it for the kernel. */
test('what the kernel keeps is counted by slab cache', async () => {
  const { verdict, trigger, suspects, headline } = await why('cache-leak');
  expect(verdict).toMatchObject({ where: 'kernel', kind: 'exhaustion', confidence: 'likely' });
  expect(trigger).toMatchObject({ detector: 'oom', parameters: { panic_on_oom: 2 } });
  expect(headline).toMatch(/1\d\d MB of 2\d\d MB for objects of one kind \(kmalloc-1k\)/);
  expect(suspects[0]?.object).toMatchObject({ type: 'kmem_cache', name: 'kmalloc-1k' });
  expect(suspects.filter(({ role }) => role === 'culprit')).toHaveLength(1);
});

/** The module has no types: offsets only. */
test('without types there are offsets, and no guesses', async () => {
  const { suspects } = await why('null-deref');
  expect(suspects[0]?.why).toContain(
    'the pointer came from the object at 0xffff8dbb515a0680, at offset 0x18 (slab cache kmalloc-64)',
  );
  expect(suspects[0]?.why).not.toContain('->');
});
