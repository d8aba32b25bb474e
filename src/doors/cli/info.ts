// `inquest info`: what this file is.
import { wrap } from '../../commands/kit/usage.ts';
import type { PageSource } from '../../formats/format.ts';
import { escapeLines, escapeText, jsonText } from '../../print/escape.ts';
import { OpenError, openDump, openSource } from '../open.ts';
import { parse, UsageError } from './arguments.ts';
import { type DumpInfo, describe, describeUnopened } from './describe.ts';
import type { InfoDocument } from './documents.ts';

/** @returns 0, or 1 when the file is a dump and no kernel can be opened in it */
export async function run(words: readonly string[]): Promise<number> {
  const { files, commands, json, raw } = parse('info', words);
  if (commands.length > 0)
    throw new UsageError(
      'info takes no commands; give them to inquest run, and options behind DUMP',
    );
  const info = await look(files, raw);
  if (json) {
    const document: InfoDocument = { schema: 'inquest.info/1', dump: info };
    process.stdout.write(jsonText(document, 2));
  } else process.stdout.write(escapeLines(`${lines(info, process.stdout.columns).join('\n')}\n`));
  return info.release === null ? 1 : 0;
}

/** A cut or damaged dump may have no kernel any more: what it is can still be said. */
async function look(files: readonly string[], raw: boolean): Promise<DumpInfo> {
  try {
    const dump = await openDump(files, { raw });
    dump.types.verify();
    const info = describe(dump);
    dump.close();
    return info;
  } catch (error) {
    if (!(error instanceof OpenError)) throw error;
    const source = await openSource(files, { raw });
    const info = describeUnopened(files, source, reason(error, source, files[0] ?? ''));
    source.close();
    return info;
  }
}

/** Without what the other lines of `info` say. */
function reason({ message }: OpenError, { warnings }: PageSource, file: string): string {
  const said = warnings.map((warning) => `; ${warning}`).find((end) => message.endsWith(end)) ?? '';
  const why = message.slice(0, message.length - said.length);
  return why.startsWith(`${file}: `) ? why.slice(file.length + 2) : why;
}

/** @param columns of the terminal: longer values go on below themselves; undefined: they do not */
function lines(info: DumpInfo, columns: number | undefined): string[] {
  const rows: [string, string][] = [
    ['file', info.files.map(escapeText).join(' ')],
    ['format', info.format],
    ...(info.release === null
      ? [['kernel', `cannot be opened: ${info.types}`] satisfies [string, string]]
      : ([
          ['release', info.release],
          [
            'types',
            info.types === null ? 'BTF, from the dump' : `BTF, not all readable: ${info.types}`,
          ],
        ] satisfies [string, string][])),
    ...info.properties.map((p): [string, string] => [p.label, p.value]),
    ...info.warnings.map((text): [string, string] => ['warning', text]),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const room = columns === undefined ? Infinity : Math.max(20, columns - width - 2);
  return rows.flatMap(([label, value]) => {
    const [first = '', ...more] = room < value.length ? wrap(value, room) : [value];
    return [`${label.padStart(width)}: ${first}`, ...more.map((l) => ' '.repeat(width + 2) + l)];
  });
}
