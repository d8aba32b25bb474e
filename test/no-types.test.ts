// A kernel without BTF, or whose BTF is damaged, opens all the same: what needs no types answers, the rest says why not.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { offsetInPage, pageOf } from '../src/bytes/address.ts';
import { isFault } from '../src/bytes/fault.ts';
import { commandNames } from '../src/commands/kit/names.ts';
import { runLine } from '../src/commands/kit/run.ts';
import { newSession } from '../src/commands/kit/session.ts';
import { openDump } from '../src/doors/open.ts';
import type { Dump } from '../src/types/dump.ts';
import { unclear } from '../testkit/damage.ts';
import { type Image, imageOf } from '../testkit/image.ts';
import { kdumpFile } from '../testkit/kdump-file.ts';
import { memoryFile } from '../testkit/memory-file.ts';

const DUMP = 'testdata/dumps/rt-loop/vmcore';

/** The sample dump, with another first page of BTF; without one when `change` returns nothing. */
async function withBtf(
  change: (page: Uint8Array, at: number) => Uint8Array | undefined,
): Promise<Dump> {
  const dump = await openDump([memoryFile(readFileSync(DUMP))]);
  const start = dump.symbol('__start_BTF');
  const pfn = isFault(start) ? start : dump.memory.frameOf(pageOf(start));
  if (isFault(start) || isFault(pfn)) throw new Error('the sample has no BTF');
  const image = imageOf(dump.source);
  const pages = image.pages.flatMap(([at, page]): Image['pages'] => {
    const changed = at === pfn ? change(page.slice(), offsetInPage(start)) : page;
    return changed ? [[at, changed]] : [];
  });
  return openDump([memoryFile(kdumpFile({ ...image, pages }, { compression: 'none' }))]);
}

const zeroed = (page: Uint8Array) => page.fill(0);
/** A header that claims more types than there are bytes. */
const endless = (page: Uint8Array, at: number) => {
  page.fill(0xff, at + 8, at + 24);
  return page;
};

const needsNoTypes: readonly string[] = ['alias', 'ascii', 'exit', 'help', 'log'];

test.each([
  ['zeroed', zeroed],
  ['with sizes beyond its end', endless],
  ['left out', () => undefined],
])(
  'BTF %s: the dump opens, log answers, the others say what they need',
  async (_what, change) => {
    const dump = await withBtf(change);
    expect(dump.types.fault).toBeDefined();
    const log = await runLine({ dump, session: newSession() }, 'log');
    expect(log).toMatchObject({ ok: true, warnings: [] });
    const silent: unknown[] = [];
    for (const name of commandNames) {
      const answer = await runLine({ dump, session: newSession() }, name);
      expect([name, answer.warnings.filter((line) => unclear(line))]).toEqual([name, []]);
      if (answer.ok && !needsNoTypes.includes(name) && !/type|BTF/.test(answer.warnings.join()))
        silent.push([name, answer.text]);
      if (answer.ok || answer.error.code === 'usage') continue;
      expect([name, unclear(answer.error.message.trimEnd())]).toEqual([name, undefined]);
      expect([name, answer.error.message]).toEqual([name, expect.stringMatching(/type|BTF/)]);
    }
    expect(silent).toEqual([]);
  },
  60_000,
);
