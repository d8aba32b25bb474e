// mod on the whole dumps: byte for byte what crash said; of 7.2, which it refuses, what drgn said.
import { expect, test } from 'vitest';
import type { ModData } from '../../src/commands/mod.ts';
import { answeredDumps, crashModules } from '../oracle/answers.ts';
import { drgnModules } from '../oracle/drgn-answers.ts';
import { crashText } from '../oracle/text.ts';
import { ask, dataOf } from './kit.ts';

const readable = answeredDumps.filter((dump) => dump !== 'soft-lockup');

/** Recordings made after `mod -s` name the object file and drop the mark. */
const unloaded = (text: string): string =>
  text.replace(/\/in\/\S+\.ko $/gm, '(not loaded)  [CONFIG_KALLSYMS]');

test.each(readable)('%s: mod and mod -t are what crash prints', async (dump) => {
  const [mod, taints] = await ask(dump, 'mod', 'mod -t');
  expect(mod).toBe(unloaded(crashText(dump, 'mod')));
  expect(taints).toBe(crashText(dump, 'mod-t'));
  const data = (await dataOf(dump, 'mod')) as ModData;
  expect(
    data.map(({ module: address, name, base, size }) => ({ address, name, base, size })),
  ).toEqual(crashModules(dump));
});

test('soft-lockup: the modules of a 7.2 kernel are those that drgn lists', async () => {
  const data = (await dataOf('soft-lockup', 'mod')) as ModData;
  const found = data.map(({ module: address, name }) => ({ address, name }));
  const listed = drgnModules('soft-lockup').map(({ address, name }) => ({ address, name }));
  const byName = (a: { name: string | null }, b: { name: string | null }) =>
    `${a.name}` < `${b.name}` ? -1 : 1;
  expect(found.sort(byName)).toEqual(listed.sort(byName));
  expect((await ask('soft-lockup', 'mod -t'))[0]).toBe('NAME        TAINTS\nlockerbank  OE\n');
});

test('mod -s and -S say that nothing need be loaded', async () => {
  for (const text of await ask('healthy', 'mod -s ext4', 'mod -S'))
    expect(text).toMatch(/^mod: no object file is needed/);
});
