// Overlapping intervals cut into pieces that do not overlap, to be searched by position.

/** Where a position was last found: walks go on where they were. */
export class Pieces {
  /** Ascending; piece `i` is `[starts[i], ends[i])`. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Which of the given intervals each piece belongs to. */
  readonly owners: readonly number[];
  #last = 0;

  /**
   * @param starts of the intervals; those that are empty or end before they start count for nothing
   * @param ends   exclusive; where intervals overlap, the later one wins
   */
  constructor(starts: readonly number[], ends: readonly number[]) {
    const order = ascending(starts, ends);
    const pieces = isDisjoint(order, starts, ends)
      ? asTheyAre(order, starts, ends)
      : sweep(order, starts, ends);
    this.starts = pieces.starts;
    this.ends = pieces.ends;
    this.owners = pieces.owners;
  }

  /** The first piece that ends behind a position: it holds the position, or lies beyond it. */
  after(position: number): number {
    const { ends } = this;
    const last = this.#last;
    if (position < (ends[last] ?? 0) && position >= (this.starts[last] ?? 0)) return last;
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ends[middle] as number) <= position) low = middle + 1;
      else high = middle;
    }
    this.#last = low;
    return low;
  }
}

interface Cut {
  readonly starts: number[];
  readonly ends: number[];
  readonly owners: number[];
}

type Numbers = readonly number[];

/** The indices of the intervals that are not empty, by start. */
function ascending(starts: Numbers, ends: Numbers): Uint32Array {
  const order = new Uint32Array(starts.length);
  let count = 0;
  let isSorted = true;
  for (let i = 0; i < starts.length; i++) {
    if (!((starts[i] as number) < (ends[i] as number))) continue;
    const previous = count === 0 ? -1 : (order[count - 1] as number);
    if (previous >= 0 && (starts[previous] as number) > (starts[i] as number)) isSorted = false;
    order[count++] = i;
  }
  const found = order.subarray(0, count);
  return isSorted ? found : found.sort((a, b) => (starts[a] as number) - (starts[b] as number));
}

function isDisjoint(order: Uint32Array, starts: Numbers, ends: Numbers): boolean {
  for (let i = 1; i < order.length; i++)
    if ((starts[order[i] as number] as number) < (ends[order[i - 1] as number] as number))
      return false;
  return true;
}

function asTheyAre(order: Uint32Array, starts: Numbers, ends: Numbers): Cut {
  const owners = Array.from(order);
  return {
    starts: owners.map((i) => starts[i] as number),
    ends: owners.map((i) => ends[i] as number),
    owners,
  };
}

/** From left to right; at each position the latest of the intervals that are open there wins. */
function sweep(order: Uint32Array, starts: Numbers, ends: Numbers): Cut {
  const cut: Cut = { starts: [], ends: [], owners: [] };
  const open = new Latest();
  let next = 0;
  let at = 0;
  for (;;) {
    while (open.top !== undefined && (ends[open.top] as number) <= at) open.pop();
    if (open.top === undefined) {
      if (next >= order.length) return cut;
      at = starts[order[next] as number] as number;
    }
    while (next < order.length && (starts[order[next] as number] as number) <= at)
      open.push(order[next++] as number);
    const owner = open.top as unknown as number;
    const nextStart = next < order.length ? (starts[order[next] as number] as number) : Infinity;
    const end = Math.min(ends[owner] as number, nextStart);
    append(cut, at, end, owner);
    at = end;
  }
}

function append(cut: Cut, start: number, end: number, owner: number): void {
  const last = cut.owners.length - 1;
  if (cut.owners[last] === owner && cut.ends[last] === start) {
    cut.ends[last] = end;
    return;
  }
  cut.starts.push(start);
  cut.ends.push(end);
  cut.owners.push(owner);
}

/** A heap with the greatest number on top. */
class Latest {
  readonly #heap: number[] = [];

  get top(): number | undefined {
    return this.#heap[0];
  }

  push(value: number): void {
    const heap = this.#heap;
    let at = heap.push(value) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as number) >= value) break;
      heap[at] = heap[parent] as number;
      at = parent;
    }
    heap[at] = value;
  }

  pop(): void {
    const heap = this.#heap;
    const value = heap.pop();
    if (value === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as number) > (heap[child] as number)) child++;
      if ((heap[child] as number) <= value) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = value;
  }
}
