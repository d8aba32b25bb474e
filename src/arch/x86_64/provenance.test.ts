// Following a pointer through code, and giving up where it could have come another way.
import { expect, test } from 'vitest';
import { decode } from './instruction.ts';
import { type CodePart, endingAt, heldAt, type Value } from './provenance.ts';

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
const parts = (hex: string, cold?: string, offset = 0x1000): CodePart[] => [
  { offset: 0, code: bytes(hex) },
  ...(cold ? [{ offset, code: bytes(cold) }] : []),
];

/** What rax was loaded from: a register that still holds the base, or what the base was. */
function from(hex: string, at: number, cold?: string, offset?: number): unknown {
  const held = heldAt(parts(hex, cold, offset), at);
  const value = held?.value(held.in('ax'));
  if (!held || value?.is !== 'load' || value.base === undefined) return undefined;
  return { bases: held.holders(value.base), displacement: value.displacement };
}

const valueAt = (hex: string, at: number, register: 'ax' | 'di'): Value | undefined => {
  const held = heldAt(parts(hex), at);
  return held?.value(held.in(register));
};

test('a load is found, and the copies that still hold the object', () => {
  // rdi was overwritten meanwhile.
  expect(from(STRAIGHT, AT)).toEqual({ bases: ['bx'], displacement: 0x18 });
});

test('a call keeps what the callee saves, and nothing else', () => {
  // mov 8(%rbx),%rax; call; use of rax: not the load any more, but what the call gave back
  expect(valueAt('90 488b4308 e800000000 488b10 c3', 10, 'ax')).toEqual({
    is: 'result',
    target: 10,
  });
  // mov 8(%rbx),%rax; mov (%rcx),%rdx; use
  expect(from('488b4308 488b11 488b10 c3', 7)).toEqual({ bases: ['bx'], displacement: 8 });
});

test('a call from a function’s beginning changes nothing where it goes to a tracer', () => {
  const at = (isTracer: boolean) => {
    const held = heldAt(parts('e800000000 488b07 c3'), 5, () => isTracer);
    return held?.value(held.in('di'));
  };
  expect(at(true)).toEqual({ is: 'argument', index: 0 });
  expect(at(false)).toBeUndefined();
});

test('where nothing holds the object any more, it is still known what it was', () => {
  // mov 8(%rdi),%rax; xor %edi,%edi; use
  expect(from('488b4708 31ff 488b10 c3', 6)).toEqual({ bases: [], displacement: 8 });
});

test('arguments, and what is so far from them', () => {
  expect(valueAt('488d4708 488b10 c3', 4, 'ax')).toEqual({
    is: 'sum',
    base: 'entry di',
    constant: 8,
  });
  // add $0x10,%rdi
  expect(valueAt('4883c710 488b17 c3', 4, 'di')).toEqual({
    is: 'sum',
    base: 'entry di',
    constant: 16,
  });
  // lea 8(%rsp),%rdi: pushes move the stack pointer unseen
  expect(valueAt('488d7c2408 488b17 c3', 5, 'di')).toBeUndefined();
});

test('a pointer that came by two ways is not followed', () => {
  // je over the load; mov 8(%rbx),%rax; the target: use of rax
  expect(from('7404 488b4308 488b10 c3', 6)).toBeUndefined();
  // the same, and the cold part jumps to the use
  const cold = `e9 ${Buffer.from(Int32Array.of(4 - 0x1005).buffer).toString('hex')}`;
  expect(from('488b4308 488b10 c3', 4)).toEqual({ bases: ['bx'], displacement: 8 });
  // je into the cold part, which sets rax and jumps back
  const back = `31c0 e9 ${Buffer.from(Int32Array.of(6 - 0x1007).buffer).toString('hex')}`;
  const there = `488b4308 7400 ${'488b10'} c3`;
  expect(from(there, 6, cold)).toEqual({ bases: ['bx'], displacement: 8 });
  const jump = `488b4308 0f84 ${Buffer.from(Int32Array.of(0x1000 - 10).buffer).toString('hex')} 488b10 c3`;
  expect(
    from(
      jump,
      10,
      back.replace(
        /^31c0 e9 .*/,
        `31c0 e9 ${Buffer.from(Int32Array.of(10 - 0x1007).buffer).toString('hex')}`,
      ),
    ),
  ).toBeUndefined();
});

test('both ways bring the same: it is that', () => {
  // test %rax,%rax; je +3; mov %rdi,%rdx; use of rdi
  expect(valueAt('4885c0 7403 4889fa 488b07 c3', 8, 'di')).toEqual({ is: 'argument', index: 0 });
});

test('a register that a loop changes is not what it was before the loop', () => {
  // the target: mov (%rdi),%rdi; test; jne back; use of rdi
  const loop = '488b3f 4885ff 75f8 488b07 c3';
  expect(valueAt(loop, 8, 'di')).toMatchObject({ is: 'load', base: 'join 0 di' });
});

test('code with a jump to anywhere, or that is not understood, is not followed', () => {
  expect(from('488b4308 488b10 ffe1', 4)).toBeUndefined();
  expect(from('488b4308 488b10 c5f877', 4)).toBeUndefined();
});

test('an offset inside an instruction is no place', () =>
  expect(from(STRAIGHT, AT + 1)).toBeUndefined());

test('the call before a return address', () => {
  expect(endingAt(parts('4889fb e800000000 c3'), 8)).toBe(3);
  expect(endingAt(parts('4889fb e800000000 c3'), 7)).toBeUndefined();
});

test('four bytes are loaded as a number', () => {
  // mov 0x10(%rdi),%ecx; use
  const held = heldAt(parts('8b4f10 f7f9 c3'), 3);
  expect(held?.value(held.in('cx'))).toMatchObject({ is: 'load', displacement: 0x10, size: 4 });
});
