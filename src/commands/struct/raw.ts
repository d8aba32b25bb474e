// `-r`: a struct's bytes as words and characters, as `rd` shows them.
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { hex16 } from '../../print/hex.ts';

/** 16 bytes a line; in words of 8, or of what is there. */
export function rawLines(at: VirtualAddress, bytes: Uint8Array): string {
  const width = [8, 4, 2, 1].find((size) => bytes.length % size === 0) ?? 1;
  const lines: string[] = [];
  for (let i = 0; i < bytes.length; i += 16) {
    const line = bytes.subarray(i, i + 16);
    const words: string[] = [];
    for (let j = 0; j < line.length; j += width)
      words.push(
        Buffer.from(line.subarray(j, j + width))
          .reverse()
          .toString('hex'),
      );
    const columns = (16 / width) * (width * 2 + 1);
    const characters = [...line].map((byte) =>
      byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.',
    );
    const address = hex16(virtual(BigInt.asUintN(64, at + BigInt(i))));
    lines.push(`${address}:  ${words.join(' ').padEnd(columns)}  ${characters.join('')}`);
  }
  return lines.join('\n');
}
