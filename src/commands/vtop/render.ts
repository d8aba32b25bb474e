// A translation in crash's words.
import type { VtopEntry, VtopPage } from './data.ts';
import { pteLines } from './entry.ts';

export function* linesOf(entry: VtopEntry): Generator<string> {
  const { virtual, physical, isUser, state } = entry;
  const width = isUser ? 10 : 16;
  yield `${'VIRTUAL'.padEnd(width)}  ${'PHYSICAL'.padEnd(16)}`;
  yield `${virtual.slice(2).padEnd(width)}  ${(physical?.slice(2) ?? `(${state})`).padEnd(16)}`;
  yield '';
  if (state === 'not accessible') return;
  yield* walkLines(entry);
  if (entry.pte) yield* ['', ...pteLines(entry.pte)];
  if (entry.area) {
    const { vma, start, end, flags, file, fileOffset } = entry.area;
    yield '';
    yield '      VMA           START       END     FLAGS FILE';
    const digits = [vma, start, end, flags].map((word) => word?.slice(2) ?? '?');
    yield `${digits.join(' ')} ${file ?? ''}`;
    if (state === 'not mapped' && fileOffset !== null)
      yield* ['', `FILE: ${file}  OFFSET: ${fileOffset.slice(2)}`];
  }
  if (entry.page) yield* ['', ...pageLines(entry.page)];
}

const SIZES: Readonly<Record<number, string>> = { 2097152: '2MB', 1073741824: '1GB' };

function* walkLines({ directory, steps, state, pte, span, isUser }: VtopEntry): Generator<string> {
  if (directory !== null) yield `PGD DIRECTORY: ${directory.slice(2)}`;
  for (const [i, { level, at, entry }] of steps.entries())
    yield i === 0 && directory !== null
      ? `PAGE DIRECTORY: ${entry.slice(2)}`
      : `${level.padStart(6)}: ${at.slice(2)} => ${entry.slice(2)}`;
  if (state !== 'mapped' || pte?.physical == null) return;
  const size = span === null ? undefined : SIZES[span];
  yield `  PAGE: ${pte.physical.slice(2)}${size ? `  (${size})` : isUser ? '  ' : ''}`;
}

function* pageLines(page: VtopPage): Generator<string> {
  yield '      PAGE       PHYSICAL      MAPPING       INDEX CNT FLAGS';
  const cells = [
    page.page.slice(2),
    page.physical.slice(2).padStart(8),
    page.mapping.slice(2).padStart(16),
    page.index.slice(2).padStart(8),
    `${page.count}`.padStart(2),
    page.flags.slice(2),
  ];
  yield `${cells.join(' ')} ${page.flagNames.join(',')}`;
}
