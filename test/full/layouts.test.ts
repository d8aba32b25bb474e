// The types that the dump itself records, against those of the same kernel's debug information: offsets and sizes.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { openDump } from '../../src/doors/open.ts';
import { TypeSpace } from '../../src/types/expression.ts';
import type { TypeId } from '../../src/types/table.ts';

const folder = process.env.INQUEST_DUMPS ?? '';

interface Recorded {
  readonly keyword: 'struct' | 'union';
  readonly name: string;
  readonly size: number;
  /** `name bit-offset bits`, also of members of anonymous structs. */
  readonly members: string[];
}

function recorded(dump: string): Recorded[] {
  const packed = readFileSync(`testdata/answers/${dump}/drgn/layouts.txt.gz`);
  const types: Recorded[] = [];
  for (const line of gunzipSync(packed).toString('utf8').trimEnd().split('\n').slice(1)) {
    const [, keyword, name = '', size] = /^(struct|union) (\w+) (\d+)$/.exec(line) ?? [];
    if (keyword)
      types.push({ keyword: keyword as 'struct', name, size: Number(size), members: [] });
    else types.at(-1)?.members.push(line.trim());
  }
  return types;
}

function* membersOf(types: TypeSpace, id: TypeId, base: number): Generator<string> {
  const type = types.strip(id);
  if (type.kind !== 'struct' && type.kind !== 'union') return;
  for (const { name, type: inner, bitOffset, bitSize } of type.fields)
    if (name !== '') yield `${name} ${base + bitOffset} ${bitSize}`;
    else yield* membersOf(types, inner, base + bitOffset);
}

test.each(['rt-loop', 'rt-loop-510', 'null-deref', 'soft-lockup'])('%s', async (name) => {
  const dump = await openDump([`${folder}/${name}/vmcore`]);
  const types = TypeSpace.of(dump);
  const expected = recorded(name);
  expect(expected).toHaveLength(200);
  const different: unknown[] = [];
  let members = 0;
  for (const type of expected) {
    const id = types.find(type.keyword, type.name);
    const ours = id === undefined ? [] : [...membersOf(types, id, 0)];
    members += ours.length;
    const isSame =
      id !== undefined &&
      types.sizeOf(id) === type.size &&
      ours.join('\n') === type.members.join('\n');
    if (!isSame) different.push([type.name, type.size, id && types.sizeOf(id)]);
  }
  dump.close();
  expect(different).toEqual([]);
  expect(members).toBeGreaterThan(2000);
});
