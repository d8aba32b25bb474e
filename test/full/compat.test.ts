// sym, dis, rd, struct, union, *, p, list, tree, whatis, vtop, eval, pte, ptob, ptov, btop, ascii, search: every answer beside
// crash's, and docs/compat.md, which counts them. `npm run compat` writes the page.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Compared, compareAll, differences, kernels } from '../oracle/comparison.ts';
import { compatPage } from '../oracle/compat-page.ts';

const folder = process.env.INQUEST_DUMPS ?? '';

/** Of each kernel: how many answers are equal at least. */
const LEAST = { '5.10.262': 961, '6.1.192': 958, '6.12.117': 828, '7.2.13': 725 } as const;

const compared: Compared[][] = [];

test.each(kernels)('$kernel ($dump)', { timeout: 300_000 }, async (kernel) => {
  const all = await compareAll(`${folder}/${kernel.dump}/vmcore`, kernel);
  compared.push(all);
  const unknown = all.filter(({ outcome }) => outcome === undefined);
  expect(
    unknown.map(({ question, theirs, ours }) =>
      [question, theirs.slice(0, 300), '--- ours:', ours.slice(0, 300)].join('\n'),
    ),
  ).toEqual([]);
  expect(all.length).toBeGreaterThanOrEqual(150);
  expect(all.filter(({ outcome }) => outcome === 'equal').length).toBeGreaterThanOrEqual(
    LEAST[kernel.kernel],
  );
});

test('docs/compat.md has these counts', async () => {
  expect(compared).toHaveLength(kernels.length);
  await expect(compatPage(compared)).toMatchFileSnapshot('../../docs/compat.md');
});

test('every difference that is allowed is there, and docs/differences.md explains it', () => {
  const met = new Set(
    compared.flat().map(({ outcome }) => typeof outcome === 'object' && outcome.id),
  );
  expect(differences.map(({ id }) => id).filter((id) => !met.has(id))).toEqual([]);
  const page = readFileSync('docs/differences.md', 'utf8');
  expect(differences.map(({ id }) => id).filter((id) => !page.includes(`<a id="${id}">`))).toEqual(
    [],
  );
});
