// Members of the two structs by reference: `comm`, `se.load.weight`, `pid_links[1]`.
import type { Dump } from '../../types/dump.ts';
import type { Member } from '../../types/table.ts';

export type Struct = 'task_struct' | 'thread_info';

/** Whether either struct has such a member. */
export const isMember = (dump: Dump, reference: string): boolean =>
  memberOf(dump, 'task_struct', reference) !== undefined ||
  memberOf(dump, 'thread_info', reference) !== undefined;

export function memberOf(dump: Dump, struct: Struct, reference: string): Member | undefined {
  if (!/^[a-z_]\w*(\[\d{1,9}\])?(\.[a-z_]\w*(\[\d{1,9}\])?)*$/i.test(reference)) return undefined;
  return dump.types.member(struct, reference);
}

/** What crash says of a reference that is none. */
export const notMember = (reference: string): string =>
  /[.[]/.test(reference)
    ? `task: invalid data structure member reference: ${reference}`
    : `task: ${reference}: not a task_struct or thread_info member`;
