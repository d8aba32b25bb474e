// Amounts of memory, in words.

const PAGE_KB = 4;

/** `172 MB`, `1.5 GB`, of pages. */
export function size(pages: number): string {
  const mb = (pages * PAGE_KB) / 1024;
  if (mb >= 1024) return `${(mb / 1024).toFixed(1)} GB`;
  return mb >= 10 ? `${Math.round(mb)} MB` : `${mb.toFixed(1)} MB`;
}

export const percent = (part: number, whole: number): string =>
  `${whole > 0 ? Math.round((100 * part) / whole) : 0} %`;
