// Which memory held a bad pointer, or who gave it.

import { callTarget } from '../../arch/x86_64/call.ts';
import { ARGUMENTS, type ValueId } from '../../arch/x86_64/provenance.ts';
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { isFault } from '../../bytes/fault.ts';
import { slabCacheOf } from '../../kernel/slab.ts';
import { slabTracks } from '../../kernel/slab-track.ts';
import { hex } from '../../print/hex.ts';
import type { Frame } from '../../stacks/stack.ts';
import type { Dump } from '../../types/dump.ts';
import { baseName } from './frames.ts';
import { type KernelObject, objectAt } from './object.ts';
import { memberAt, Origins, pointeeName, type Spelled } from './origin.ts';

/** Memory that held the pointer, and holds it still. */
export interface HeldIn {
  readonly from: 'memory';
  readonly object: KernelObject;
  /** Where in the object. */
  readonly offset: number;
  /** `invoice->customer`, `bell`; null: no types tell. */
  readonly expression: string | null;
  /** What it holds, `0x…`. */
  readonly value: string;
  /** The slab cache the object is of: `kmalloc-64`. */
  readonly cache: string | null;
  /** The text that the pointer is part of, when it was written over with text; null: it was not. */
  readonly overrun: Overrun | null;
  /** Who freed the object last, where slub_debug=U keeps that; it may have been allocated again since. */
  readonly freedBy: FreedBy | null;
}

export interface Overrun {
  /** Not escaped. */
  readonly text: string;
  /** Where it begins in the object; below zero: before it. */
  readonly offset: number;
  /** The member that it begins in; null: no types tell. */
  readonly member: string | null;
}

export interface FreedBy {
  readonly function: string;
  readonly module: string | null;
  readonly pid: number;
  /** Where that is written, and the return address there: `0x…`. */
  readonly track: string;
  readonly from: string;
}

/** It was given to the function, as an argument. */
export interface GivenAs {
  readonly from: 'argument';
  /** From 0. */
  readonly index: number;
  readonly name: string | null;
  /** Who gave it. */
  readonly by: string | null;
  /** Where that one had it from. */
  readonly source: Source | null;
}

/** A function gave it back. */
export interface Returned {
  readonly from: 'result';
  readonly function: string;
  readonly module: string | null;
}

export type Source = HeldIn | GivenAs | Returned;

/** Callers that an argument is followed through. */
const MOST_CALLERS = 3;

/**
 * Where a value came from; null: it cannot be followed. Memory is believed only if it still holds the value.
 *
 * @param callers frames of who called the function, innermost first
 */
export function sourceOf(
  dump: Dump,
  origins: Origins,
  id: ValueId,
  wanted: bigint,
  callers: readonly Frame[],
  depth = 0,
): Source | null {
  const value = origins.value(id);
  if (!value) return null;
  if (value.is === 'sum')
    return sourceOf(
      dump,
      origins,
      value.base,
      BigInt.asUintN(64, wanted - BigInt(value.constant)),
      callers,
      depth,
    );
  if (value.is === 'argument') return given(dump, origins, value.index, wanted, callers, depth);
  if (value.is === 'result') {
    const callee = origins.callee(value.target);
    return callee
      ? { from: 'result', function: baseName(callee.name), module: callee.module ?? null }
      : null;
  }
  if (value.size !== 8) return null;
  const at = origins.addressOf(value);
  if (at === undefined || dump.memory.u64(virtual(at)) !== wanted) return null;
  const isObject = value.base !== undefined && value.index === undefined;
  const offset = isObject ? value.displacement : 0;
  const object = virtual(BigInt.asUintN(64, at - BigInt(offset)));
  const base = isObject && value.base !== undefined ? origins.spell(value.base) : null;
  const type = (base && pointeeName(base)) || '';
  return {
    from: 'memory',
    object: objectAt(dump, type, object),
    offset,
    expression: origins.spell(id).text,
    value: hex(wanted),
    cache: slabCacheOf(dump, object) ?? null,
    overrun: overrun(dump, at, object, base),
    freedBy: freedBy(dump, object),
  };
}

/** More than names and lines have. */
const MOST_TEXT = 256;

/** Characters on both sides of an address, as long as they are some. */
function overrun(
  dump: Dump,
  at: bigint,
  object: VirtualAddress,
  base: Spelled | null,
): Overrun | null {
  const isText = (address: bigint): boolean => {
    const byte = dump.memory.u8(virtual(address));
    return !isFault(byte) && byte >= 0x20 && byte <= 0x7e;
  };
  let start = at;
  while (at - start < MOST_TEXT && isText(start - 1n)) start -= 1n;
  let end = at;
  while (end - at < MOST_TEXT && isText(end)) end += 1n;
  // It has to have come from before the pointer, and to have gone some way into it.
  if (at - start < 4n || end - at < 4n) return null;
  const text = dump.memory.text(virtual(start), Number(end - start));
  const offset = Number(start - object);
  const path = base && offset >= 0 ? memberAt(base, offset) : undefined;
  return isFault(text) ? null : { text, offset, member: path ?? null };
}

function freedBy(dump: Dump, object: VirtualAddress): FreedBy | null {
  const freed = slabTracks(dump, object)?.freed;
  const symbol = freed && dump.symbols.at(virtual(freed.from - 1n));
  if (!freed || !symbol) return null;
  return {
    function: baseName(symbol.name),
    module: symbol.module ?? null,
    pid: freed.pid,
    track: hex(freed.address),
    from: hex(freed.from),
  };
}

function given(
  dump: Dump,
  origins: Origins,
  index: number,
  wanted: bigint,
  [caller, ...others]: readonly Frame[],
  depth: number,
): Source {
  const register = ARGUMENTS[index];
  const call =
    caller?.is === 'return' && depth < MOST_CALLERS
      ? Origins.atCall(dump, caller.pc, origins.asAtEntry())
      : undefined;
  // Who called another function, or through a pointer, may have called one that jumped on to this: that one gave it.
  const isDirect = call !== undefined && callTarget(call.next, call.call) === origins.start;
  const from = isDirect && register ? call.origins : undefined;
  return {
    from: 'argument',
    index,
    name: origins.argumentName(index),
    by: !isDirect || caller?.symbol === undefined ? null : baseName(caller.symbol),
    source:
      from && register ? sourceOf(dump, from, from.in(register), wanted, others, depth + 1) : null,
  };
}

/** Where the bad pointer lay, whoever handed it on. */
export function heldIn(source: Source | null): HeldIn | null {
  if (source?.from === 'argument') return heldIn(source.source);
  return source?.from === 'memory' ? source : null;
}
