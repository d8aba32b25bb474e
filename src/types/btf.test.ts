// Small type sections made here: what is found however little was read, and that damage ends a search.
import { expect, test, vi } from 'vitest';
import { Fault, isFault } from '../bytes/fault.ts';
import { Btf } from './btf.ts';
import { NameIndex } from './name-index.ts';

const INT = 1;
const STRUCT = 4;
const TYPEDEF = 8;

/** Types of no members; a name each. */
function made(types: readonly (readonly [kind: number, name: string])[]): Buffer {
  let strings = '\0';
  const words: number[] = [];
  for (const [kind, name] of types) {
    words.push(strings.length, kind << 24, 4);
    if (kind === INT) words.push(32);
    strings += `${name}\0`;
  }
  const head = [0xeb9f | (1 << 16), 24, 0, words.length * 4, words.length * 4, strings.length];
  const bytes = Buffer.alloc((head.length + words.length) * 4);
  for (const [i, word] of [...head, ...words].entries()) bytes.writeUInt32LE(word, i * 4);
  return Buffer.concat([bytes, Buffer.from(strings, 'latin1')]);
}

function parse(bytes: Uint8Array, base?: Btf): Btf {
  const btf = Btf.parse(bytes, base);
  if (isFault(btf)) throw new Error(btf.explain());
  return btf;
}

const many = Array.from({ length: 3000 }, (_, i) => [STRUCT, `s${i}`] as const);

test('the first of a kind and name is found, early or late, whatever was asked before', () => {
  const bytes = made([...many, [TYPEDEF, 's7'], [INT, 'last'], [STRUCT, 's7']]);
  expect(parse(bytes).find('typedef', 's7')).toBe(3001);
  const btf = parse(bytes);
  expect(btf.find('struct', 's7')).toBe(8);
  expect(btf.find('struct', 'none')).toBeUndefined();
  expect(btf.find('int', 'last')).toBe(3002);
  expect(btf.find('struct', 's7')).toBe(8);
  expect(btf.count).toBe(3003);
  expect(btf.verify()).toBeUndefined();
});

test('each name is put into the index once, also when the types were counted before', () => {
  const add = vi.spyOn(NameIndex.prototype, 'add');
  const btf = parse(made(many));
  expect(btf.count).toBe(many.length);
  expect(btf.find('struct', 'none')).toBeUndefined();
  expect(add).toHaveBeenCalledTimes(many.length);
  add.mockRestore();
});

test("a module's types go on where the kernel's end", () => {
  const base = parse(made(many));
  const own = made([[STRUCT, 'own']]);
  // Its strings go on, too.
  own.writeUInt32LE(own.readUInt32LE(24) + stringsOf(made(many)), 24);
  const btf = parse(own, base);
  expect(btf.find('struct', 'own')).toBe(3001);
  expect(btf.find('struct', 's7')).toBe(8);
});

const stringsOf = (bytes: Buffer): number => bytes.readUInt32LE(20);

test('an unknown kind ends the types; those before it are good', () => {
  const btf = parse(
    made([
      [STRUCT, 'good'],
      [99, 'bad'],
      [STRUCT, 'lost'],
    ]),
  );
  expect(btf.find('struct', 'good')).toBe(1);
  expect(btf.find('struct', 'lost')).toBeUndefined();
  expect(btf.fault?.detail).toBe('BTF kind 99');
});

test('sections outside, no magic, nothing at all: a Fault', () => {
  const bytes = made([[STRUCT, 's']]);
  bytes.writeUInt32LE(0xffffffff, 12);
  expect(Btf.parse(bytes)).toBeInstanceOf(Fault);
  expect(Btf.parse(Buffer.alloc(64))).toBeInstanceOf(Fault);
  expect(Btf.parse(Buffer.alloc(0))).toBeInstanceOf(Fault);
});

test('strings without an end cost no more than a name may be long', () => {
  const bytes = made(many);
  const from = bytes.length - stringsOf(bytes);
  bytes.fill(0x41, from);
  const started = performance.now();
  expect(parse(bytes).find('struct', 's7')).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(2000);
});
