// Memory operands, as an assembler encodes them.
import { expect, test } from 'vitest';
import { dividedBy, effectiveAddress, memoryOperand, stringAccesses } from './operand.ts';
import { PT_REGS, type Registers } from './registers.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const registers = {
  ...(Object.fromEntries(PT_REGS.map((name) => [name, 0n])) as unknown as Registers),
  ax: 0x1000n,
  bx: 0xffff_8880_0000_0000n,
  r12: 0x2000n,
  cx: 4n,
};

test.each([
  ['48 8b 68 28', 'mov 0x28(%rax),%rbp', 0x1028n, 'read'],
  ['48 8b 47 18', 'mov 0x18(%rdi),%rax', 0x18n, 'read'],
  ['89 43 fc', 'mov %eax,-4(%rbx)', 0xffff_887f_ffff_fffcn, 'write'],
  ['48 c7 40 08 01 00 00 00', 'movq $1,8(%rax)', 0x1008n, 'write'],
  ['41 8b 04 24', 'mov (%r12),%eax', 0x2000n, 'read'],
  ['49 8b 44 cc 10', 'mov 0x10(%r12,%rcx,8),%rax', 0x2030n, 'read'],
  ['0f b6 80 00 01 00 00', 'movzbl 0x100(%rax),%eax', 0x1100n, 'read'],
  ['f0 48 0f b1 10', 'lock cmpxchg %rdx,(%rax)', 0x1000n, undefined],
  ['8b 04 25 34 12 00 00', 'mov 0x1234,%eax', 0x1234n, 'read'],
  ['ff 50 08', 'call *8(%rax)', 0x1008n, undefined],
  ['48 3b 50 10', 'cmp 0x10(%rax),%rdx', 0x1010n, 'read'],
])('%s is %s', (code, _text, address, access) => {
  const operand = memoryOperand(bytes(code));
  expect(operand && effectiveAddress(operand, registers, 0n)).toBe(address);
  expect(operand?.access).toBe(access);
});

test('an address relative to the next instruction, or to gs, is told apart', () => {
  const relative = memoryOperand(bytes('48 8b 05 10 00 00 00'));
  expect(relative).toMatchObject({ isRelative: true, length: 7 });
  expect(relative && effectiveAddress(relative, registers, 0x100n)).toBe(0x110n);
  const gs = memoryOperand(bytes('65 48 8b 00'));
  expect(gs && effectiveAddress(gs, registers, 0n)).toBeUndefined();
});

test.each([
  '48 89 fb',
  '0f 0b',
  'e8 00 00 00 00',
  'c3',
  '90',
  '',
  '48',
  '48 8b',
  '48 8b 80 01',
  'c5 f8 77',
])('%s has no memory operand', (code) => expect(memoryOperand(bytes(code))).toBeUndefined());

test('any bytes give an operand or none, and never more bytes than there are', () => {
  let seed = 7;
  for (let i = 0; i < 20_000; i++) {
    const code = Uint8Array.from({ length: i % 16 }, () => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return seed >>> 24;
    });
    const operand = memoryOperand(code);
    if (operand) expect(operand.length).toBeLessThanOrEqual(code.length);
  }
});

test.each([
  ['f3 a4', ['si', 'di']],
  ['f3 48 a5', ['si', 'di']],
  ['f3 48 ab', ['di']],
  ['ac', ['si']],
  ['48 8b 07', []],
  ['', []],
])('%s copies by %j', (code, registers) => {
  const bytes = Uint8Array.from(Buffer.from(code.replaceAll(' ', ''), 'hex'));
  expect(stringAccesses(bytes).map(({ register }) => register)).toEqual(registers);
});

test.each([
  ['f7 f9', { register: 'cx' }],
  ['49 f7 f0', { register: 'r8' }],
  ['f7 3d 78 56 34 12', { memory: expect.objectContaining({ isRelative: true, length: 6 }) }],
  // not, mul
  ['f7 d1', undefined],
  ['f7 e1', undefined],
  ['48 8b 07', undefined],
])('%s divides by %j', (code, expected) =>
  expect(dividedBy(Uint8Array.from(Buffer.from(code.replaceAll(' ', ''), 'hex')))).toEqual(
    expected,
  ),
);
