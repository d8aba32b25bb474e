// `inquest slim`: the smallest dump that still answers the same commands.
import { accessSync, constants, existsSync, linkSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isFault } from '../../bytes/fault.ts';
import { runLine } from '../../commands/kit/run.ts';
import { newSession } from '../../commands/kit/session.ts';
import type { Note } from '../../formats/format.ts';
import { headerBlocks, writeKdump } from '../../formats/kdump-writer.ts';
import { readAsCrash } from '../../kernel/crash-reads.ts';
import { machineHeader, physBase } from '../../kernel/dump-header.ts';
import { escapeText } from '../../print/escape.ts';
import type { Dump } from '../../types/dump.ts';
import { OpenError, openDump } from '../open.ts';
import { parse, UsageError } from './arguments.ts';
import { progress } from './progress.ts';
import { systemError } from './system-error.ts';

/** What a support engineer would run, beside `why`. */
const SUPPORT_COMMANDS = [
  ...['sys', 'sys -t', 'log', 'log -T', 'log -c', 'mod', 'mod -t'],
  ...['ps', 'ps -t', 'ps -m', 'ps -l', 'ps -g', 'ps -p', 'ps -r', 'ps -s', 'ps -Y', 'ps -S'],
  ...['runq', 'runq -m', 'runq -t', 'runq -T', 'runq -g'],
  ...['bt -a', 'bt -f', 'bt -F', 'bt -T', 'bt -v', 'foreach bt'],
  ...['set', 'task', 'foreach task -R policy,prio,rt_priority'],
];

export async function run(words: readonly string[]): Promise<number> {
  const { files, commands, out, raw, userMemory } = parse('slim', words);
  if (!out) throw new UsageError('slim needs -o OUT, the file to write');
  if (existsSync(out)) throw new UsageError(`${out} exists; give another name, or remove it first`);
  try {
    accessSync(dirname(out), constants.W_OK);
  } catch (error) {
    throw cannotWrite(out, error);
  }
  const pages = new Set<number>();
  const programs = new Set<number>();
  const dump = await openDump(files, {
    raw,
    onTouch: (pfn, isUser) => (isUser && !userMemory ? programs : pages).add(pfn),
  });
  await runAll(dump, ['why', ...(commands.length > 0 ? commands : SUPPORT_COMMANDS)]);
  readAsCrash(dump);
  const bytes = slim(dump, pages);
  const isLess = [...programs].some((pfn) => !pages.has(pfn) && !isFault(dump.source.page(pfn)));
  dump.close();
  writeBeside(out, bytes);
  if (isLess)
    process.stderr.write(
      'WARNING: memory of programs was left out; answers that rest on it will say less. --user-memory keeps it\n',
    );
  process.stdout.write(`${escapeText(out)}: ${pages.size} pages, ${bytes.length} bytes\n`);
  return 0;
}

/** A command that fails will fail on the slim dump, too: that is no reason not to write it. */
async function runAll(dump: Dump, lines: readonly string[]): Promise<void> {
  const session = newSession();
  const shown = progress();
  for (const [done, line] of lines.entries()) {
    shown.step(`slim: ${line}`, done, lines.length);
    const answer = await runLine({ dump, session }, line);
    if (answer.ok) continue;
    shown.clear();
    process.stderr.write(`WARNING: ${escapeText(`${line}: ${reason(answer.error)}`)}\n`);
  }
  shown.clear();
}

/** One line of it: a command's usage has several. */
function reason({ code, message }: { readonly code: string; readonly message: string }): string {
  if (message.startsWith('Usage:')) return 'it takes no such option or argument';
  if (code === 'not-found' && message.startsWith('crash:')) return 'no such command';
  return message.trimEnd().split('\n')[0] ?? '';
}

function slim(dump: Dump, touched: ReadonlySet<number>): Uint8Array {
  const { source } = dump;
  const pages: [number, Uint8Array][] = [];
  for (const pfn of [...touched].sort((a, b) => a - b)) {
    const page = source.page(pfn);
    if (!isFault(page)) pages.push([pfn, page]);
  }
  return writeKdump({
    header: source.kdumpHeader ?? headerBlocks(machineHeader(dump), physBase(dump)),
    endPfn: source.endPfn,
    pages,
    notes: notesOf(dump),
    exists: (pfn) => source.state(pfn) !== 'unsaved',
  });
}

/** With VMCOREINFO, wherever it was found. */
function notesOf({ source, vmcoreinfo }: Dump): readonly Note[] {
  if (source.notes.some((note) => note.name === 'VMCOREINFO')) return source.notes;
  return [...source.notes, { name: 'VMCOREINFO', type: 0, desc: vmcoreinfo.note }];
}

const cannotWrite = (out: string, error: unknown): OpenError =>
  new OpenError(`${out}: cannot be written: ${systemError(error)}`);

/**
 * Whole or not at all: a reader never sees half a dump, and ^C waits until it stands there. Nothing else is done
 * behind it, so that the handlers need not be taken away.
 */
function writeBeside(out: string, bytes: Uint8Array): void {
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    process.once(signal, () => process.exit(status));
  const beside = `${out}.${process.pid}.part`;
  try {
    writeFileSync(beside, bytes, { flag: 'wx' });
    // Not renamed: that would overwrite a file that came to be meanwhile.
    linkSync(beside, out);
  } catch (error) {
    throw cannotWrite(out, error);
  } finally {
    rmSync(beside, { force: true });
  }
}
