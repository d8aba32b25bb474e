// What a mistyped word was meant to be.

/** The candidate nearest to the word: at most two letters away, and fewer than half of it. */
export function similar(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.min(2, Math.ceil(word.length / 2) - 1) + 1;
  for (const candidate of candidates) {
    const away = distance(word.slice(0, 40), candidate);
    if (away < least) [best, least] = [candidate, away];
  }
  return best;
}

/** Letters to add, drop, change or swap with their neighbour. */
function distance(from: string, to: string): number {
  const rows: number[][] = [];
  for (let i = 0; i <= from.length; i++) {
    const row: number[] = [i];
    for (let j = 1; j <= to.length; j++) row[j] = i === 0 ? j : cell(rows, row, [from, i], [to, j]);
    rows.push(row);
  }
  return rows[from.length]?.[to.length] ?? 0;
}

function cell(
  rows: readonly (readonly number[])[],
  row: readonly number[],
  [from, i]: readonly [string, number],
  [to, j]: readonly [string, number],
): number {
  const at = (r: readonly number[] | undefined, column: number) => r?.[column] ?? 0;
  const above = rows[i - 1];
  const change = from[i - 1] === to[j - 1] ? 0 : 1;
  const plain = Math.min(at(above, j) + 1, at(row, j - 1) + 1, at(above, j - 1) + change);
  const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
  return isSwap ? Math.min(plain, at(rows[i - 2], j - 2) + 1) : plain;
}
