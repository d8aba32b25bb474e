// `inquest slim`: the smallest dump that still answers the same commands.
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isFault } from '../../bytes/fault.ts';
import { runLine } from '../../commands/kit/run.ts';
import { newSession } from '../../commands/kit/session.ts';
import { writeKdump } from '../../formats/kdump-writer.ts';
import type { Dump } from '../../types/dump.ts';
import { OpenError, openDump } from '../open.ts';
import { parse, UsageError } from './arguments.ts';

/** What a support engineer would run. */
const DEFAULT_COMMANDS = ['log', 'mod'];

export async function run(words: readonly string[]): Promise<number> {
  const { files, commands, out, raw } = parse(words);
  if (!out) throw new UsageError('slim needs -o OUT, the file to write');
  if (existsSync(out)) throw new UsageError(`${out} exists; give another name, or remove it first`);
  const touched = new Set<number>();
  const dump = await openDump(files, { raw, onTouch: (pfn) => touched.add(pfn) });
  const session = newSession();
  for (const line of commands.length > 0 ? commands : DEFAULT_COMMANDS) {
    const answer = await runLine({ dump, session }, line);
    if (!answer.ok) process.stderr.write(`WARNING: ${line}: ${answer.error.message.trimEnd()}\n`);
  }
  const bytes = slim(dump, touched);
  dump.close();
  writeBeside(out, bytes);
  process.stdout.write(`${out}: ${touched.size} pages, ${bytes.length} bytes\n`);
  return 0;
}

function slim({ source, files }: Dump, touched: ReadonlySet<number>): Uint8Array {
  const header = source.kdumpHeader;
  if (!header)
    throw new OpenError(`${files[0]}: slim reads kdump files only; this is ${source.format}`);
  const pages: [number, Uint8Array][] = [];
  for (const pfn of [...touched].sort((a, b) => a - b)) {
    const page = source.page(pfn);
    if (!isFault(page)) pages.push([pfn, page]);
  }
  const { endPfn, notes } = source;
  return writeKdump({
    header,
    endPfn,
    pages,
    notes,
    exists: (pfn) => source.state(pfn) !== 'unsaved',
  });
}

/** Whole or not at all: a reader never sees half a dump. */
function writeBeside(out: string, bytes: Uint8Array): void {
  const beside = `${out}.${process.pid}.part`;
  try {
    writeFileSync(beside, bytes, { flag: 'wx' });
    renameSync(beside, out);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new OpenError(`${out}: cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}
