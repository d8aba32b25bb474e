// The answers of `struct`, `union` and `*`: definitions, and structs at addresses.
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { isFault } from '../../bytes/fault.ts';
import type { Memory } from '../../memory/memory.ts';
import { hex, hex16 } from '../../print/hex.ts';
import type { CJson, Radix } from '../../types/c-print.ts';
import type { Scope } from '../../types/expression.ts';
import { joinBrackets } from '../kit/address.ts';
import { CommandError, type Context, type Options } from '../kit/define.ts';
import { scopeOf } from '../kit/expression.ts';
import { type LaidOut, withLayout } from '../kit/layout.ts';
import { showMember, showStruct } from '../kit/members.ts';
import { spaceNameOf, unreadable } from '../kit/read-error.ts';
import { fileMemory } from '../kit/reader.ts';
import { userSpace } from '../kit/user-space.ts';
import {
  linkOffset,
  type Start,
  type Subject,
  startsOf,
  structCount,
  subjectOf,
} from './arguments.ts';
import type { StructAnswer, StructValue } from './data.ts';
import { definitionText, memberOffsetText, membersOf, offsetText } from './definition.ts';
import { showFollowed } from './follow.ts';
import { rawLines } from './raw.ts';

export const structOptions = {
  o: { type: 'boolean', help: 'offsets of the members, or their addresses' },
  l: {
    type: 'string',
    value: 'OFFSET | STRUCT.MEMBER',
    help: 'the address is that of this member (or so many bytes behind the start)',
  },
  p: { type: 'boolean', help: 'also what pointers point to' },
  r: { type: 'boolean', help: 'the bytes' },
  u: { type: 'boolean', help: "the address is one of the current task's user addresses" },
  f: { type: 'boolean', help: "the address is an offset in the dump's file" },
  x: { type: 'boolean', help: 'integers in hexadecimal' },
  d: { type: 'boolean', help: 'integers in decimal' },
  c: {
    type: 'string',
    value: 'COUNT',
    help: 'so many structs; below zero: the last at the address',
  },
} as const;

export type StructOptions = Options<typeof structOptions>;

/** A count below zero is no option. */
export function spellStruct(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word, i) => word === '-c' && /^-\d+$/.test(words[i + 1] ?? ''));
  if (at < 0) return words;
  return [...words.slice(0, at), `-c${words[at + 1]}`, ...words.slice(at + 2)];
}

interface Job {
  readonly context: Context;
  readonly command: string;
  readonly scope: Scope;
  readonly subject: Subject;
  readonly radix: Radix;
  readonly options: StructOptions;
}

/**
 * What was asked for, with its text.
 *
 * @param keyword which kind it must be; undefined: either
 * @throws CommandError in crash's words; undefined operands: the caller's usage
 */
export function answerStruct(
  context: Context,
  command: string,
  keyword: 'struct' | 'union' | undefined,
  options: StructOptions,
  words: readonly string[],
): LaidOut<StructAnswer, string> | undefined {
  if (options.x && options.d)
    throw new CommandError('usage', `${command}: -d and -x are mutually exclusive`);
  const operands = joinBrackets(words);
  const [name, where, count] = operands;
  if (name === undefined) return undefined;
  if (operands.length > 3) throw new CommandError('usage', `${command}: too many arguments!`);
  const scope = scopeOf(context, memoryOf(context, command, options));
  const subject = subjectOf(context, command, name, scope, keyword);
  const { struct, members } = subject;
  const radix = options.x ? 16 : options.d ? 10 : context.session.radix;
  const job = { context, command, scope, subject, radix, options };
  const data = {
    type: `${struct.keyword} ${struct.name}`,
    size: struct.size,
    members: membersOf(scope.types, struct),
  };
  if (options.o && members.length > 1)
    context.warn(`${command}: -o option not valid with multiple member format`);
  if (where === undefined) return withLayout({ ...data, values: [] }, definition(job, undefined));
  const starts = startsOf(context, command, scope, where);
  const number = structCount(command, options.c ?? count);
  const link = linkOffset(command, scope, options.l);
  const values: StructValue[] = [];
  const texts = starts.map((start) => atStart(job, start, number, link, values));
  return withLayout({ ...data, values }, texts.join('\n'));
}

/** Where the address is; undefined: in the kernel's memory. */
function memoryOf(context: Context, command: string, { u, f }: StructOptions): Memory | undefined {
  if (f) return fileMemory(context, command);
  return u ? userSpace(context, command) : undefined;
}

/** Without an address: as C, or with offsets. */
function definition({ scope, subject, radix, options }: Job, address: VirtualAddress | undefined) {
  const { struct, members } = subject;
  const [only, second] = members;
  const form = { address, radix };
  if (only && !second) return memberOffsetText(scope.types, struct, only, form);
  if (!options.o && !only) return definitionText(scope.types, struct);
  return options.o || address !== undefined
    ? offsetText(scope.types, struct, form)
    : members.map((member) => memberOffsetText(scope.types, struct, member, form)).join('\n');
}

function atStart(
  job: Job,
  start: Start,
  count: number,
  link: number,
  values: StructValue[],
): string {
  const { struct } = job.subject;
  const texts: string[] = [];
  const back = count < 0 ? -count - 1 : 0;
  for (let i = 0; i < Math.abs(count); i++) {
    const step = BigInt((i - back) * struct.size - link);
    const address = virtual(BigInt.asUintN(64, start.address + step));
    const { text, json } = structAt(job, address);
    values.push({ cpu: start.cpu, address: hex(address), value: json });
    texts.push(text);
  }
  const head = start.cpu === null ? '' : `[${start.cpu}]: ${hex16(start.address)}\n`;
  return head + texts.join('\n\n');
}

function structAt(job: Job, address: VirtualAddress): { text: string; json: CJson } {
  const { context, command, scope, subject, radix, options } = job;
  const { struct, members } = subject;
  const first = scope.memory.u8(address);
  const space = options.f ? 'dumpfile' : options.u ? 'user virtual' : 'kernel virtual';
  if (options.u && address >> 63n)
    throw new CommandError(
      'unreadable',
      `${command}: invalid user virtual address: ${address.toString(16)}  type: "${struct.name}"`,
    );
  if (isFault(first)) {
    const isLow = spaceNameOf(address) === 'user virtual';
    // crash finds an address that cannot be the kernel's before it reads.
    if (isLow && space === 'kernel virtual') {
      if (struct.name === 'task_struct' && address < FIRST_ADDRESS)
        context.warn(
          `${command}: a PID is no address; ask for its task by: task ${address.toString(16)}`,
        );
      throw new CommandError(
        'unreadable',
        `${command}: invalid kernel virtual address: ${address.toString(16)}`,
      );
    }
    throw unreadable(command, address, struct.name, first, space);
  }
  const source = { memory: scope.memory, symbols: context.dump.symbols };
  const onFault = (why: string) => context.warn(`${command}: ${struct.name}: ${why}`);
  if (options.o) return { text: definition(job, address), json: null };
  if (options.r) return { text: rawText(job, address), json: null };
  if (options.p) return showFollowed(source, scope.types, struct, members, address, radix, onFault);
  if (members.length === 0) return showStruct(source, scope.types, struct, address, radix, onFault);
  const shown = members.map((member) => ({
    member,
    ...showMember(source, scope.types, member, address, radix, onFault),
  }));
  return {
    text: shown.map(({ text }) => text).join('\n'),
    json: Object.fromEntries(shown.map(({ member, json }) => [member.reference, json])),
  };
}

/** Below: no address of any program, and PIDs. */
const FIRST_ADDRESS = 1n << 22n;

/** Bytes of one struct: more than any has. */
const MAX_BYTES = 1 << 24;

function rawText({ command, scope, subject }: Job, address: VirtualAddress): string {
  const { struct, members } = subject;
  const ranges =
    members.length === 0
      ? [{ at: address, size: struct.size }]
      : members.map(({ type, bitOffset }) => ({
          at: virtual(BigInt.asUintN(64, address + BigInt(bitOffset >> 3))),
          size: scope.types.sizeOf(type) ?? 0,
        }));
  return ranges
    .map(({ at, size }) => {
      const bytes = scope.memory.read(at, Math.min(size, MAX_BYTES));
      if (isFault(bytes)) throw unreadable(command, at, struct.name, bytes);
      return rawLines(at, bytes);
    })
    .join('\n');
}
