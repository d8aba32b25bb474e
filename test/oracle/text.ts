// Recorded answers as text, for comparisons byte for byte.
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { AnsweredDump } from './answers.ts';

/** crash 9.0.2 opens 7.2 only with --no_modules. */
const folderOf = (dump: AnsweredDump): string =>
  dump === 'soft-lockup' ? 'crash--no_modules' : 'crash';

/** What crash said to a command, without the line that tells it and what crash warned of before. */
export function crashText(dump: AnsweredDump, question: string): string {
  const base = new URL(
    `../../testdata/answers/${dump}/${folderOf(dump)}/${question}.txt`,
    import.meta.url,
  );
  const packed = new URL(`${base}.gz`);
  const bytes = existsSync(base) ? readFileSync(base) : gunzipSync(readFileSync(packed));
  const text = bytes.toString('utf8').replace(/^# .*\n/, '');
  return text.replace(/^(?:WARNING: .*\n\n)+\n*/, '').replace(TABLE_OF_MOD_S, '');
}

/** Some recordings begin with `mod -s NAME NAME.ko`. */
const TABLE_OF_MOD_S = /^ +MODULE +NAME .*\n[0-9a-f]{16} .*\.ko \n/;
