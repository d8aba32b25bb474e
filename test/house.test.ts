// The law of the house was really applied, to every file.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { cruise } from 'dependency-cruiser';
import { expect, test } from 'vitest';

test('the dependency check looked at every source file', { timeout: 60_000 }, async () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `src/${file}`);
  const { output } = await cruise(['src'], {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
  });
  const seen = new Set((output as { modules: { source: string }[] }).modules.map((m) => m.source));
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((file) => !seen.has(file))).toEqual([]);
});

test('ARCHITECTURE.md shows the house that stands', { timeout: 60_000 }, () => {
  const { status, stderr } = spawnSync('node', ['scripts/architecture.mjs', '--check'], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
});
