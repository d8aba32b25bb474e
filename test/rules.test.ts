// What holds for every rule.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadRules, ruleIds } from '../src/rules/index.ts';

const files = readdirSync('src/rules', { withFileTypes: true })
  .filter((entry) => entry.isFile() && !/\.test\.ts$|^(?:index|judge)\.ts$/.test(entry.name))
  .map((entry) => entry.name.replace(/\.ts$/, ''));

test('every file in src/rules is in the index, under its own name', async () => {
  expect([...ruleIds].sort()).toEqual([...files].sort());
  expect((await loadRules()).map((rule) => rule.id)).toEqual([...ruleIds]);
});

test.each(files)('%s has a test beside it, and a page of its own', (id) => {
  expect(existsSync(`src/rules/${id}.test.ts`)).toBe(true);
  expect(readFileSync(`docs/rules/${id}.md`, 'utf8')).toMatch(new RegExp(`^# ${id}\n`));
});

/** Programs, modules, locks and functions of the scenes that our own dumps were taken of. */
const OURS =
  /loop\.sh|parcel|lockerbank|bank_|janitor|customer|courier|sorter|router|intake|stocktake|labeler|ledger|ratesd|metricsd|route_lock|queue_lock/;

test.each(
  readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => /^(?:rules|facts|commands\/why)/.test(file) && /\.ts$/.test(file))
    .filter((file) => !file.endsWith('.test.ts')),
)('%s knows nothing of our own test programs', (file) => {
  const code = readFileSync(`src/${file}`, 'utf8').replace(/\/\*\*?[\s\S]*?\*\/|\/\/.*$/gm, '');
  expect(code).not.toMatch(OURS);
});
