// `inquest info`: what this file is.
import { escapeLines } from '../../print/escape.ts';
import { openDump } from '../open.ts';
import { parse } from './arguments.ts';
import { describe } from './describe.ts';
import type { InfoDocument } from './documents.ts';

export async function run(words: readonly string[]): Promise<number> {
  const { files, json, raw } = parse(words);
  const dump = await openDump(files, { raw });
  dump.types.verify();
  const info = describe(dump);
  dump.close();
  if (json) {
    const document: InfoDocument = { schema: 'inquest.info/1', dump: info };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return 0;
  }
  const rows: [string, string][] = [
    ['file', info.files.join(' ')],
    ['format', info.format],
    ['release', info.release],
    ['types', info.types ?? 'BTF, from the dump'],
    ...info.properties.map((p): [string, string] => [p.label, p.value]),
    ...info.warnings.map((text): [string, string] => ['warning', text]),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, value]) => `${label.padStart(width)}: ${value}`);
  process.stdout.write(escapeLines(`${lines.join('\n')}\n`));
  return 0;
}
