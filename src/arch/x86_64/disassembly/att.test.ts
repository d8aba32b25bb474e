// Where iced-x86 and binutils differ: bytes and what GNU objdump 2.40 prints for them (2.41 for shifts by one).
import { expect, test } from 'vitest';
import { loadDisassembler } from './decoder.ts';

test.each([
  ['e8 67 4d 00 00', 'call   0x5d6c'],
  ['66 66 2e 0f 1f 84 00 00 00 00 00', 'data16 cs nopw 0x0(%rax,%rax,1)'],
  ['f0 48 29 1d c7 e9 73 02', 'lock sub %rbx,0x273e9c7(%rip)'],
  ['f3 48 a5', 'rep movsq %ds:(%rsi),%es:(%rdi)'],
  ['f3 48 ab', 'rep stos %rax,%es:(%rdi)'],
  ['f3 a6', 'repz cmpsb %es:(%rdi),%ds:(%rsi)'],
  ['f2 ae', 'repnz scas %es:(%rdi),%al'],
  ['48 d1 e8', 'shr    $1,%rax'],
  ['48 c1 e8 0f', 'shr    $0xf,%rax'],
  ['4d 69 e4 60 10 00 00', 'imul   $0x1060,%r12,%r12'],
  ['2e e8 bb 47 ce 00', 'cs call 0xce57c1'],
  ['ff 32', 'push   (%rdx)'],
  ['8f 44 24 18', 'pop    0x18(%rsp)'],
  ['ee', 'out    %al,(%dx)'],
  ['ff 25 6f 43 59 02', 'jmp    *0x259436f(%rip)'],
  ['2e 2e 2e 31 c0', 'cs cs cs xor %eax,%eax'],
  ['0f 01 c9', 'mwait  %eax,%ecx'],
  ['0f 1e fa', 'nop    %edx'],
  ['48 8b 1c 25 c0 51 03 00', 'mov    0x351c0,%rbx'],
  ['06', '(bad)'],
])('%s is %s', async (hex, expected) => {
  const bytes = Uint8Array.from(hex.split(' '), (digits) => Number.parseInt(digits, 16));
  const [first] = (await loadDisassembler()).instructions(bytes, 0x1000n);
  expect(first?.text).toBe(expected);
  expect(first?.length).toBe(bytes.length);
});

test('what does not decode is skipped a byte at a time, and a cut instruction too', async () => {
  const bytes = Uint8Array.from([0x06, 0x90, 0xe8, 0x00]);
  const found = [...(await loadDisassembler()).instructions(bytes, 0n)];
  expect(found.map(({ address, text }) => [address, text])).toEqual([
    [0n, '(bad)'],
    [1n, 'nop'],
    [2n, '(bad)'],
    [3n, '(bad)'],
  ]);
});
