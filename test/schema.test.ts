// docs/schema says what `--json` prints: it is made from the types as they are, and true of real answers.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commandNames } from '../src/commands/kit/names.ts';
import { testSchemas } from './oracle/schema-tests.ts';
import { schemaNames, violations } from './oracle/schemas.ts';

test('the schemas are those of the types', () => {
  const { stdout, stderr, status } = spawnSync('node', ['scripts/schemas.mjs', '--check'], {
    encoding: 'utf8',
  });
  expect([status, stdout, stderr]).toEqual([0, '', '']);
}, 60_000);

test('every command and every document has one', () => {
  const expected = [
    'info',
    'known',
    'run',
    'slow-list',
    'suspect',
    'verdict',
    ...commandNames.map((name) => `command/${name}`),
  ];
  expect(schemaNames().sort()).toEqual(expected.sort());
});

test('a document that is not as its schema says is found', () => {
  expect(violations('command/task', [])).toEqual([]);
  expect(violations('command/task', [{ pid: '1' }])).not.toEqual([]);
  const info = { schema: 'inquest.info/1', dump: {} };
  expect(violations('info', info)).not.toEqual([]);
});

for (const name of ['rt-loop', 'rt-loop-510', 'null-deref', 'soft-lockup'])
  testSchemas(name, `testdata/dumps/${name}/vmcore`, ['unreadable', 'not-found', 'unsupported']);
