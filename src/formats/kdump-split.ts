// Split sets: the parts that makedumpfile --split writes, each with all bitmaps and a range of the pages.
import { Fault } from '../bytes/fault.ts';
import type { KdumpHeader } from './kdump-header.ts';

/** Frames `[start, end)` that no given part has. */
export type Gap = readonly [start: number, end: number];

export interface Arranged {
  /** By their ranges, ascending. */
  readonly parts: readonly KdumpHeader[];
  readonly gaps: readonly Gap[];
}

/** Puts parts in order; refuses what is not one set. A whole dump is a set of one part. */
export function arrange(headers: readonly KdumpHeader[]): Arranged | Fault {
  const parts = headers.toSorted((a, b) => a.startPfn - b.startPfn || a.endPfn - b.endPfn);
  const first = parts[0];
  if (!first) return { parts, gaps: [] };
  const gaps: Gap[] = [];
  let covered = 0;
  for (const part of parts) {
    const wrong = difference(first, part, parts.length > 1);
    if (wrong) return new Fault('corrupt', undefined, wrong);
    if (part.startPfn >= part.endPfn) continue; // a part may own nothing
    if (part.startPfn < covered)
      return new Fault(
        'corrupt',
        undefined,
        `${part.file.name} has pages of another part: given twice?`,
      );
    if (part.startPfn > covered) gaps.push([covered, part.startPfn]);
    covered = part.endPfn;
  }
  if (covered < first.maxPfn) gaps.push([covered, first.maxPfn]);
  return { parts, gaps };
}

function difference(first: KdumpHeader, part: KdumpHeader, isSet: boolean): string | undefined {
  const { name } = part.file;
  if (isSet && !part.isSplit)
    return `${name} is a whole dump and no part of a split one: give it alone`;
  const other = `${name} and ${first.file.name} are parts of different dumps`;
  const a = first.header;
  const b = part.header;
  if (
    a.timestampSeconds !== b.timestampSeconds ||
    a.timestampMicroseconds !== b.timestampMicroseconds
  )
    return `${other}: they were taken at different times`;
  const uts = (
    ['sysname', 'nodename', 'release', 'version', 'machine', 'domainname'] as const
  ).find((field) => a[field] !== b[field]);
  if (uts) return `${other}: ${uts} differs`;
  if (first.maxPfn !== part.maxPfn) return `${other}: the machines have different memory`;
  return undefined;
}
