// Every command of every verdict prints what the verdict shows.
import { readdirSync } from 'node:fs';
import { test } from 'vitest';
import { expectCommandsToShow } from './oracle/rerun.ts';

test.each(readdirSync('testdata/dumps').sort())('%s', (name) =>
  expectCommandsToShow(`testdata/dumps/${name}/vmcore`),
);
