// What `why` says of dumps of the lab, against what their scenarios did.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { judged } from '../lab/judged.mjs';

const DUMPS = 'testdata/dumps';
const withTruth = readdirSync(DUMPS)
  .filter((name) => existsSync(`${DUMPS}/${name}/truth.json`))
  .sort();

test.each(withTruth)('%s', (name) => {
  const truth: unknown = JSON.parse(readFileSync(`${DUMPS}/${name}/truth.json`, 'utf8'));
  const { stdout } = spawnSync('bin/inquest', ['why', '--json', `${DUMPS}/${name}/vmcore`], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  expect(judged(truth, JSON.parse(stdout))).toMatchObject({ mark: 'right', reasons: [] });
});
