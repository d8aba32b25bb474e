// Every command of every verdict prints what the verdict shows: on the whole dumps, and on all that the lab has made.
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, test } from 'vitest';
import { expectCommandsToShow } from '../oracle/rerun.ts';

const folder = process.env.INQUEST_DUMPS ?? '';
const dumps = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'vmcore')));

/** Where the lab keeps its dumps is the lab's to say. */
const lab = (await import(pathToFileURL(resolve('lab/scenes.mjs')).href)) as {
  readonly SUITES: readonly string[];
  scenarios(): readonly string[];
  runFolder(scenario: string, suite: string): string;
  dumpsOf(folder: string): readonly string[];
};
const labDumps = lab.SUITES.flatMap((suite) =>
  lab.scenarios().flatMap((scenario) => {
    const at = lab.runFolder(scenario, suite);
    // A run that is under way, or failed, has no truth yet.
    return existsSync(join(at, 'truth.json')) ? lab.dumpsOf(at).map((file) => join(at, file)) : [];
  }),
);

describe('whole dumps', () => {
  test.each(dumps)('%s', (name) => expectCommandsToShow(join(folder, name, 'vmcore')));
});

describe.runIf(labDumps.length > 0)('the lab', () => {
  test.each(labDumps)('%s', (dump) => expectCommandsToShow(dump));
});
