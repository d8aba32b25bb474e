import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryFile } from '../../testkit/memory-file.ts';
import { isFault } from './fault.ts';
import { type Flattened, isFlattened, openFlattened } from './flattened.ts';

type Record = readonly [offset: number, bytes: Uint8Array];

function flatten(records: readonly Record[], marker = true): Uint8Array {
  const head = Buffer.alloc(4096);
  head.write('makedumpfile');
  head.writeBigInt64BE(1n, 16);
  head.writeBigInt64BE(1n, 24);
  const pieces: Uint8Array[] = [head];
  for (const [offset, bytes] of records)
    pieces.push(recordHead(BigInt(offset), BigInt(bytes.length)), bytes);
  if (marker) pieces.push(recordHead(-1n, -1n));
  return Buffer.concat(pieces);
}

function recordHead(offset: bigint, size: bigint): Buffer {
  const head = Buffer.alloc(16);
  head.writeBigInt64BE(offset, 0);
  head.writeBigInt64BE(size, 8);
  return head;
}

function opened(bytes: Uint8Array): Flattened {
  const file = openFlattened(memoryFile(bytes));
  if (isFault(file)) throw new Error(file.explain());
  return file;
}

const whole = (file: Flattened) => {
  const bytes = file.read(0, file.size);
  if (isFault(bytes)) throw new Error(bytes.explain());
  return Buffer.from(bytes);
};

const records = fc.array(
  fc.tuple(fc.nat(300), fc.uint8Array({ maxLength: 80 })).map(([at, bytes]): Record => [at, bytes]),
  { minLength: 1, maxLength: 20 },
);

test('records in any order, later over earlier, give what writing them to a file gives', () => {
  fc.assert(
    fc.property(records, fc.nat(400), fc.nat(100), (list, from, length) => {
      const size = Math.max(...list.map(([at, b]) => (b.length === 0 ? 0 : at + b.length)));
      const wanted = Buffer.alloc(size);
      for (const [at, bytes] of list) if (bytes.length > 0) wanted.set(bytes, at);
      const file = opened(flatten(list));
      expect(file.isWhole).toBe(true);
      expect(file.warnings).toEqual([]);
      expect(file.size).toBe(size);
      expect(whole(file).equals(wanted)).toBe(true);
      const part = file.read(from, length);
      if (from + length > size) expect(part).toMatchObject({ reason: 'truncated' });
      else expect(Buffer.from(part as Uint8Array)).toEqual(wanted.subarray(from, from + length));
    }),
  );
});

test('a stream cut anywhere keeps what came before, and says that it was cut', () => {
  const list: Record[] = [...Array(40).keys()].map((i) => [
    (i % 4) * 40_000 + i * 100,
    new Uint8Array(100).fill(i + 1),
  ]);
  const stream = flatten(list);
  fc.assert(
    fc.property(fc.integer({ min: 4096, max: stream.length - 1 }), (length) => {
      const file = opened(stream.subarray(0, length));
      expect(file.isWhole).toBe(false);
      expect(file.warnings[0]).toMatch(/was cut/);
      const kept = Math.floor((length - 4096) / 116);
      for (const [i, [at, bytes]] of list.entries()) {
        const read = file.read(at, 100);
        if (i < kept) expect(Buffer.from(read as Uint8Array)).toEqual(Buffer.from(bytes));
        else if (!isFault(read)) expect(read.every((byte) => byte === 0)).toBe(true);
      }
    }),
  );
});

test('what a cut stream lost is no zeros: only gaps smaller than a block are', () => {
  const list: Record[] = [
    [0, new Uint8Array(464).fill(1)],
    [4096, new Uint8Array(104).fill(2)],
    [40_960, new Uint8Array(4096).fill(3)],
  ];
  const file = opened(flatten(list, false));
  expect(Buffer.from(file.read(0, 4200) as Uint8Array).subarray(464, 4096)).toEqual(
    Buffer.alloc(4096 - 464),
  );
  expect(file.read(8192, 16)).toMatchObject({ reason: 'truncated' });
  expect(file.read(4100, 40_000)).toMatchObject({ reason: 'truncated' });
  expect(opened(flatten(list)).read(8192, 16)).toEqual(new Uint8Array(16));
});

test('no bytes make it throw, hang, or ask for more than there is', () => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  const numbers = fc.oneof(fc.bigInt(-5n, 5000n), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n));
  const forged = fc
    .array(fc.tuple(numbers, numbers, bytes), { maxLength: 6 })
    .map((list) =>
      Buffer.concat([
        flatten([], false),
        ...list.flatMap(([offset, size, body]) => [recordHead(offset, size), body]),
      ]),
    );
  fc.assert(
    fc.property(fc.oneof(bytes, forged), fc.nat(), fc.nat(10_000), (stream, at, length) => {
      const file = openFlattened(memoryFile(stream));
      if (isFault(file)) return;
      const read = file.read(at, length);
      if (!isFault(read)) expect(read.length).toBe(length);
    }),
  );
});

test('it is known by its first bytes, and another version of it is refused', () => {
  const stream = flatten([[0, new Uint8Array(4)]]);
  expect(isFlattened(stream)).toBe(true);
  expect(isFlattened(new Uint8Array(3))).toBe(false);
  expect(isFlattened(Buffer.from('makedumpfilexxxxxxxxxxxxxxxxxxxxxxx'))).toBe(false);
  stream[31] = 2;
  expect(openFlattened(memoryFile(stream))).toMatchObject({ reason: 'corrupt' });
});
