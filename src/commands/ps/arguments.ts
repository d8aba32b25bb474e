// `ps -a`: command lines and environments, from the processes' own memory.
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { utf8Of } from '../../bytes/cursor.ts';
import { Fault, isFault } from '../../bytes/fault.ts';
import { type Mm, mmOf } from '../../kernel/mm.ts';
import type { Task } from '../../kernel/task.ts';
import { PAGE_SIZE } from '../../memory/memory.ts';
import type { AddressSpace } from '../../memory/space.ts';
import { escapeText } from '../../print/escape.ts';
import type { Context } from '../kit/define.ts';
import { type TaskId, taskId, taskLine } from '../kit/task-line.ts';

export interface PsArgumentsTask extends TaskId {
  /** Null: not to be had, `missing` says why. */
  args: string[] | null;
  /** A process that wrote its own title there ran over their end, into the environment. */
  overwritten: boolean;
  /** `NAME=value` strings. */
  env: string[] | null;
  /** `no user stack` of a kernel thread, or what could not be read. */
  missing: string | null;
}

export interface PsArguments {
  show: 'arguments';
  tasks: PsArgumentsTask[];
}

/** The most the kernel accepts: three quarters of _STK_LIM, fs/exec.c (4.13 to 7.2). */
const MAX_LENGTH = 6 * 1024 * 1024;
/** Of all tasks together: a machine has less, and a damaged dump must not take all memory. */
const MAX_TOTAL = 128 * 1024 * 1024;

const NOTHING = { args: null, overwritten: false, env: null } as const;

export function commandLines(context: Context, tasks: readonly Task[]): PsArguments {
  const room = { bytes: MAX_TOTAL };
  let failed = 0;
  let first: Fault | undefined;
  const rows = tasks.map((task): PsArgumentsTask => {
    const mm = mmOf(task);
    if (!mm) return { ...taskId(task), ...NOTHING, missing: 'no user stack' };
    const args = isFault(mm) ? mm : strings(mm, 'argStart', 'argEnd', room);
    const env = isFault(args) || isFault(mm) ? args : strings(mm, 'envStart', 'envEnd', room);
    const fault = isFault(args) ? args : isFault(env) ? env : undefined;
    if (fault) failed++;
    first ??= fault;
    return {
      ...taskId(task),
      args: isFault(args) ? null : args.strings,
      overwritten: !isFault(args) && !args.terminated,
      env: isFault(env) ? null : env.strings,
      missing: fault ? `cannot access user stack address: ${(fault.at ?? 0).toString(16)}` : null,
    };
  });
  if (first) context.warn(`ps: ${failed} tasks' command lines: ${first.explain()}`);
  return { show: 'arguments', tasks: rows };
}

interface UserStrings {
  readonly strings: string[];
  /** Whether the last one ends where it should. */
  readonly terminated: boolean;
}

/** NUL-terminated strings of user memory; a Fault's address is where reading stopped. */
function strings(
  mm: Mm,
  from: 'argStart' | 'envStart',
  to: 'argEnd' | 'envEnd',
  room: { bytes: number },
): UserStrings | Fault {
  const start = mm.pointer(from);
  const end = mm.pointer(to);
  const space = mm.space;
  if (isFault(start)) return start;
  if (isFault(end)) return end;
  if (isFault(space)) return new Fault(space.reason, start, space.detail);
  const length = Number(end - start);
  if (length < 0 || length > Math.min(MAX_LENGTH, room.bytes))
    return new Fault('implausible', start, `${length} bytes of arguments`);
  room.bytes -= length;
  const text = readText(space, start, length);
  if (isFault(text)) return text;
  // A process that wrote its own title there filled the rest with NULs.
  const whole = text.replace(/\0+$/, '');
  return {
    strings: whole === '' ? [] : whole.split('\0'),
    terminated: text === '' || text !== whole,
  };
}

function readText(space: AddressSpace, start: VirtualAddress, length: number): string | Fault {
  const pieces: string[] = [];
  for (let done = 0; done < length; ) {
    const at = virtual(start + BigInt(done));
    const size = Math.min(length - done, PAGE_SIZE - Number(at % BigInt(PAGE_SIZE)));
    const bytes = space.read(at, size);
    if (isFault(bytes)) return new Fault(bytes.reason, at, bytes.detail);
    pieces.push(Buffer.from(bytes).toString('latin1'));
    done += size;
  }
  return utf8Of(pieces.join(''));
}

export function* renderArguments({ tasks }: PsArguments): Generator<string> {
  for (const task of tasks) {
    yield taskLine(task);
    if (task.args) yield `ARG: ${line(task.args)}${task.overwritten ? '' : ' '}`;
    if (task.env) yield* environment(task.env);
    if (task.missing !== null) yield `ps: ${task.missing}`;
    yield '';
  }
}

const line = (args: readonly string[]): string =>
  escapeText(args.filter((arg) => arg !== '').join(' '));

/** An environment whose first string is empty begins with the indent of the others. */
function* environment(env: readonly string[]): Generator<string> {
  const indent = '     ';
  const strings = env.map((text, i) => (i === 0 ? '' : indent) + escapeText(text));
  const shown = strings.filter((_, i) => env[i] !== '');
  const [first = '', ...others] = shown;
  yield `ENV: ${first}`;
  yield* others;
}
