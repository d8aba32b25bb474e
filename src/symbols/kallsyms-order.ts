// Finding a name among those of kallsyms: by the kernel's own order of names, or by an index made of all.
//
// kallsyms_seqs_of_names (6.2, and 6.1-stable) holds the numbers of the symbols sorted by name, three bytes
// each, the highest first: kallsyms_lookup_names and get_symbol_seq, kernel/kallsyms.c (6.12). It lies
//   6.1         between markers and token_table
//   6.12, 7.2   behind offsets and, where there is one, relative_base
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import type { Memory } from '../memory/memory.ts';
import { Region } from '../memory/region.ts';
import { alignments, type Names } from './kallsyms-names.ts';
import type { KallsymsTables } from './kallsyms-tables.ts';

/** Numbers of the symbols of a name, ascending. */
export type Finder = (name: string) => number[];

/** The cheapest finder there is for these tables. */
export function finderOf(memory: Memory, tables: KallsymsTables, names: Names): Finder {
  const order = findOrder(memory, tables, names);
  let all: Finder | undefined;
  const byIndex: Finder = (name) => {
    all ??= indexAll(names);
    return all(name);
  };
  if (!order) return byIndex;
  // A probe that cannot be read breaks the search, not the answer.
  return (name) => search(order, names, name) ?? byIndex(name);
}

const ENTRY = 3;
/** Entries looked at before a place is believed: the first steps of every search, so they cost little. */
const PROBES = 16;

function findOrder(memory: Memory, tables: KallsymsTables, names: Names): Region | undefined {
  const size = names.count * ENTRY;
  const behind = tables.offsets + BigInt(names.count * 4);
  const places: VirtualAddress[] = [];
  for (const at of alignments(behind))
    places.push(tables.relativeBase === undefined ? at : virtual(at + 8n));
  for (const padded of [Math.ceil(size / 8) * 8, Math.ceil(size / 4) * 4])
    places.push(virtual(tables.tokenTable - BigInt(padded)));
  for (const place of places) {
    const order = Region.of(memory, place, size);
    if (isOrder(order, names)) return order;
  }
  return undefined;
}

function isOrder(order: Region, names: Names): boolean {
  let before = '';
  const seen = new Set<number>();
  const step = Math.max(1, Math.floor(names.count / PROBES));
  for (let place = 0; place < names.count; place += step) {
    const number = numberAt(order, place);
    const name = names.name(number)?.slice(1);
    // Zeros would pass for an order, if each symbol were not in it once.
    if (name === undefined || name < before || seen.has(number)) return false;
    seen.add(number);
    before = name;
  }
  return true;
}

function numberAt(order: Region, place: number): number {
  const at = place * ENTRY;
  const [high, middle, low] = [order.u8(at), order.u8(at + 1), order.u8(at + 2)];
  return high < 0 || middle < 0 || low < 0 ? -1 : (high << 16) | (middle << 8) | low;
}

/** Without its letter. */
const nameAt = (order: Region, names: Names, place: number): string | undefined =>
  names.name(numberAt(order, place))?.slice(1);

/** @returns undefined when something on the way could not be read */
function search(order: Region, names: Names, wanted: string): number[] | undefined {
  let low = 0;
  let high = names.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    const name = nameAt(order, names, middle);
    if (name === undefined) return undefined;
    if (name < wanted) low = middle + 1;
    else high = middle;
  }
  const found: number[] = [];
  for (let place = low; place < names.count; place++) {
    const name = nameAt(order, names, place);
    if (name === undefined) return undefined;
    if (name !== wanted) break;
    found.push(numberAt(order, place));
  }
  return found.sort((a, b) => a - b);
}

/** Polynomial hash of names: composed from the tokens' own hashes, so that no name need be expanded. */
const PRIME = 0x01000193;

function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, PRIME) + text.charCodeAt(i)) >>> 0;
  return hash;
}

/** One pass over all names; each search then is one over numbers. */
function indexAll(names: Names): Finder {
  const hashes = new Uint32Array(names.count);
  // h(ab) = h(a)·p^|b| + h(b): the hash of a name from those of its tokens.
  const whole = Uint32Array.from(names.tokens, hashOf);
  const power = Uint32Array.from(names.tokens, (token) => {
    let value = 1;
    for (let i = 0; i < token.length; i++) value = Math.imul(value, PRIME) >>> 0;
    return value;
  });
  // The first character of the first token is the type letter.
  const tail = Uint32Array.from(names.tokens, (token) => hashOf(token.slice(1)));
  names.each((index, bytes, from, end) => {
    let hash = tail[bytes.u8(from)] ?? 0;
    for (let at = from + 1; at < end; at++) {
      const code = bytes.u8(at);
      hash = Math.imul(hash, power[code] ?? 0) + (whole[code] ?? 0);
    }
    hashes[index] = hash;
  });
  return (name) => {
    const hash = hashOf(name);
    const found: number[] = [];
    for (let i = hashes.indexOf(hash); i >= 0; i = hashes.indexOf(hash, i + 1))
      if (names.name(i)?.slice(1) === name) found.push(i);
    return found;
  };
}
