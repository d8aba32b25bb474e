// Disassembly beside objdump's of the same bytes: 500 functions of each kernel, 100 of its modules.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadDisassembler } from '../../src/arch/x86_64/disassembly/decoder.ts';
import { isFault } from '../../src/bytes/fault.ts';
import { openDump } from '../../src/doors/open.ts';
import type { KernelSymbol, SymbolSource } from '../../src/symbols/table.ts';

const dumps = process.env.INQUEST_DUMPS ?? '';
const version = /(\d+)\.(\d+)/.exec(
  spawnSync('objdump', ['--version'], { encoding: 'utf8' }).stdout ?? '',
);
const folder = mkdtempSync(join(tmpdir(), 'dis-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(!version).each(['rt-loop-510', 'null-deref', 'rt-loop', 'soft-lockup'])(
  '%s: 600 functions as objdump has them (skipped where binutils are not installed)',
  async (name) => {
    const dump = await openDump([`${dumps}/${name}/vmcore`]);
    const disassembler = await loadDisassembler();
    const functions = [
      ...sample(dump.symbols.kernel, 500),
      ...dump.symbols.modules.flatMap((module) =>
        sample(module, 100 / dump.symbols.modules.length),
      ),
    ];
    let count = 0;
    const different: string[] = [];
    for (const { address, size, name: symbol } of functions) {
      const bytes = dump.memory.read(address, Math.min(size, 1 << 16));
      if (isFault(bytes)) continue;
      const theirs = objdump(bytes, address);
      for (const { address: at, text } of disassembler.instructions(bytes, address)) {
        count++;
        const expected = theirs.get(at);
        const ours = shiftsLike(text);
        if (ours !== expected)
          different.push(`${symbol} ${at.toString(16)}: ${ours} | ${expected}`);
      }
    }
    dump.close();
    expect(functions.length).toBeGreaterThanOrEqual(550);
    expect(count).toBeGreaterThan(10_000);
    expect(different.length / count, different.slice(0, 20).join('\n')).toBeLessThanOrEqual(0.001);
  },
);

/** Functions, evenly spread over an image. */
function sample(source: SymbolSource, wanted: number): KernelSymbol[] {
  const all = Array.from(source.all()).filter(
    ({ address, size, name }) =>
      size > 16 && size < 1 << 16 && source.isText(address) && !name.startsWith('__pfx_'),
  );
  const step = Math.max(1, Math.floor(all.length / Math.ceil(wanted)));
  return all.filter((_, i) => i % step === 0).slice(0, Math.ceil(wanted));
}

function objdump(bytes: Uint8Array, address: bigint): Map<bigint, string> {
  const file = join(folder, 'code');
  writeFileSync(file, bytes);
  const { stdout } = spawnSync(
    'objdump',
    [
      '-D',
      '-b',
      'binary',
      '-m',
      'i386:x86-64',
      '--no-show-raw-insn',
      '-z',
      `--adjust-vma=0x${address.toString(16)}`,
      file,
    ],
    { encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  const lines = new Map<bigint, string>();
  for (const [, at, text = ''] of stdout.matchAll(/^\s*([0-9a-f]+):\t(.*)$/gm))
    lines.set(BigInt(`0x${at}`), text.replace(/\s+#.*$/, '').trimEnd());
  return lines;
}

/** Until 2.41 binutils left out the 1 of a shift by one. */
const shiftsLike = (text: string): string =>
  Number(version?.[1]) > 2 || Number(version?.[2]) >= 41
    ? text
    : text.replace(/^((?:\w+ )*(?:s[ha][lr]|r[oc][lr])[bwlq]?\s+)\$1,/, '$1');
