// A task's structs, whole or by member, as JSON and as text.
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { type Fault, isFault } from '../../bytes/fault.ts';
import type { Task } from '../../kernel/task.ts';
import {
  type CJson,
  type CValue,
  layOut,
  type Radix,
  readBitField,
  readValue,
  toJson,
} from '../../types/c-print.ts';
import type { Dump } from '../../types/dump.ts';
import { aggregateId } from '../../types/paths.ts';
import type { Member } from '../../types/table.ts';
import { CommandError, type Context } from '../kit/define.ts';
import { memberOf, notMember, type Struct } from './members.ts';

/** Members by name, or by the reference that asked for them: `se.load.weight`. */
export type MemberValues = Readonly<Record<string, CJson>>;

export interface TaskParts {
  /** Of its `task_struct`. */
  readonly members: MemberValues;
  /** Of its `thread_info`. */
  readonly threadInfo: MemberValues;
  /** Both as C, laid out as crash does. */
  readonly text: string;
}

/** The two structs whole. */
export function readStructs(context: Context, task: Task, radix: Radix): TaskParts {
  const [members, first] = readStruct(context, 'task_struct', task.address, radix);
  const at = threadInfoAddress(task);
  if (isFault(at)) {
    warn(context, task, at);
    return { members, threadInfo: {}, text: first };
  }
  const [threadInfo, second] = readStruct(context, 'thread_info', at, radix);
  return { members, threadInfo, text: `${first}\n\n${second}` };
}

function readStruct(
  context: Context,
  struct: string,
  address: VirtualAddress,
  radix: Radix,
): [MemberValues, string] {
  const { types } = context.dump;
  const id = aggregateId(types, struct);
  if (id === undefined) throw new CommandError('unsupported', `task: no type of struct ${struct}`);
  const { value, faults } = readValue(context.dump, types, id, address);
  for (const fault of faults) context.warn(`task: ${struct}: ${fault.explain()}`);
  return [toJson(value) as MemberValues, `struct ${struct} ${layOut(value, radix)}`];
}

/** Some members; of a name that both structs have, both, as crash does. */
export function readMembers(
  context: Context,
  task: Task,
  references: readonly string[],
  radix: Radix,
): TaskParts {
  const members: Record<string, CJson> = {};
  const threadInfo: Record<string, CJson> = {};
  const lines: string[] = [];
  const take = (struct: Struct, into: Record<string, CJson>, reference: string): boolean => {
    const member = memberOf(context.dump, struct, reference);
    if (!member) return false;
    const base = struct === 'task_struct' ? task.address : threadInfoAddress(task);
    if (isFault(base)) {
      warn(context, task, base);
      into[reference] = null;
      return true;
    }
    const value = readOne(context, member, base, `${struct}.${reference}`);
    into[reference] = toJson(value);
    const comma = isLast(context.dump, struct, reference) ? '' : ',';
    lines.push(`  ${reference} = ${layOut(value, radix, 1)}${comma}`);
    return true;
  };
  for (const reference of references) {
    const inTask = take('task_struct', members, reference);
    const inThread = take('thread_info', threadInfo, reference);
    if (inTask || inThread) continue;
    const message = notMember(reference);
    context.warn(message);
    lines.push(message);
  }
  return { members, threadInfo, text: lines.join('\n') };
}

function readOne(context: Context, member: Member, base: VirtualAddress, name: string): CValue {
  const { dump } = context;
  const at = virtual(base + BigInt(member.offset));
  const { value, faults } = member.bits
    ? readBitField(dump, dump.types, member.type, at, member.bits)
    : readValue(dump, dump.types, member.type, at);
  for (const fault of faults) context.warn(`task: ${name}: ${fault.explain()}`);
  return value;
}

/** crash shows a whole member as its line in the struct: only the last has no comma. */
function isLast(dump: Dump, struct: Struct, reference: string): boolean {
  const id = aggregateId(dump.types, struct);
  const type = id === undefined ? undefined : dump.types.strip(id);
  return type?.kind === 'struct' && type.fields.at(-1)?.name === reference;
}

/** Within the task_struct (THREAD_INFO_IN_TASK: x86 since 4.9, arm64 since 4.10), else below its stack. */
function threadInfoAddress(task: Task): VirtualAddress | Fault {
  const member = task.dump.types.member('task_struct', 'thread_info');
  return member ? virtual(task.address + BigInt(member.offset)) : task.stack;
}

const warn = (context: Context, task: Task, fault: Fault): void =>
  context.warn(`task: thread_info of ${task.address.toString(16)}: ${fault.explain()}`);
