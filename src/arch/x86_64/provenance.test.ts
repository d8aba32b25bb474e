// Following a pointer through code, and giving up where it could have come another way.
import { expect, test } from 'vitest';
import { decode } from './instruction.ts';
import { loadedFrom } from './provenance.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));

/** Lengths as GNU objdump 2.40 has them; 120,714 instructions of a 6.1 kernel agreed when this was written. */
test.each([
  ['0f 1f 44 00 00', 5],
  ['55', 1],
  ['41 57', 2],
  ['48 89 fb', 3],
  ['48 c7 c7 97 90 29 c0', 7],
  ['48 b8 88 77 66 55 44 33 22 11', 10],
  ['66 81 7b 08 34 12', 6],
  ['0f 84 10 00 00 00', 6],
  ['f3 48 ab', 3],
  ['f0 0f b1 17', 4],
  ['48 8d 84 d8 00 01 00 00', 8],
  ['f7 c2 00 02 00 00', 6],
  ['83 7d fc 00', 4],
])('%s is %d bytes long', (code, length) => expect(decode(bytes(code))?.length).toBe(length));

test.each(['c5 f8 77', '62 f1 7c 48 58 c0', '48', '0f', 'e8 00 00', ''])(
  '%s is not known',
  (code) => expect(decode(bytes(code))).toBeUndefined(),
);

/** nop; push; push; mov 0x18(%rdi),%rax; mov %rdi,%rbx; mov 0x10(%rdi),%esi; mov $…,%rdi; mov 0x28(%rax),%rbp; ret */
const STRAIGHT = '0f1f440000 55 53 488b4718 4889fb 8b7710 48c7c797902 9c0 488b6828 c3';
const AT = 5 + 2 + 4 + 3 + 3 + 7;
const from = (hex: string, at: number, cold?: string, offset = 0x1000) =>
  loadedFrom(
    [{ offset: 0, code: bytes(hex) }, ...(cold ? [{ offset, code: bytes(cold) }] : [])],
    at,
    'ax',
  );

test('a load is found, and the copy that still holds the object', () => {
  expect(from(STRAIGHT, AT)).toEqual({ base: 'bx', displacement: 0x18 });
});

test('a call keeps what the callee saves, and nothing else', () => {
  // mov 8(%rbx),%rax; call; use of rax: not the load any more
  expect(from('488b4308 e800000000 488b10 c3', 9)).toBeUndefined();
  // mov 8(%rbx),%rax; mov (%rcx),%rdx; use
  expect(from('488b4308 488b11 488b10 c3', 7)).toEqual({ base: 'bx', displacement: 8 });
});

test('where nothing holds the object any more, nothing is said', () => {
  // mov 8(%rdi),%rax; xor %edi,%edi; use
  expect(from('488b4708 31ff 488b10 c3', 6)).toBeUndefined();
});

test('a pointer that came by two ways is not followed', () => {
  // je over the load; mov 8(%rbx),%rax; the target: use of rax
  expect(from('7404 488b4308 488b10 c3', 6)).toBeUndefined();
  // the same, and the cold part jumps to the use
  const cold = `e9 ${Buffer.from(Int32Array.of(4 - 0x1005).buffer).toString('hex')}`;
  expect(from('488b4308 488b10 c3', 4)).toEqual({ base: 'bx', displacement: 8 });
  expect(from('488b4308 488b10 c3', 4, cold)).toBeUndefined();
});

test('code with a jump to anywhere, or that is not understood, is not followed', () => {
  expect(from('488b4308 488b10 ffe1', 4)).toBeUndefined();
  expect(from('488b4308 488b10 c5f877', 4)).toBeUndefined();
});

test('an offset inside an instruction is no place', () =>
  expect(from(STRAIGHT, AT + 1)).toBeUndefined());
