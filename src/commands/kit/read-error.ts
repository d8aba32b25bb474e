// crash's words for memory that cannot be read.
import type { Fault, FaultReason } from '../../bytes/fault.ts';
import { CommandError } from './define.ts';

export type SpaceName = 'kernel virtual' | 'user virtual' | 'physical' | 'dumpfile';

const words: Readonly<Partial<Record<FaultReason, string>>> = {
  unmapped: 'invalid',
  'non-canonical': 'invalid',
  excluded: 'page excluded:',
  unsaved: 'seek error:',
  truncated: 'read error:',
  corrupt: 'read error:',
};

/** Addresses of the kernel have the highest bit set. */
export const spaceNameOf = (address: bigint): SpaceName =>
  address >> 63n ? 'kernel virtual' : 'user virtual';

/**
 * `rd: invalid kernel virtual address: ffffffff00000000  type: "64-bit KVADDR"`.
 *
 * @param type what was to be read, as crash calls it
 */
export function unreadable(
  command: string,
  address: bigint,
  type: string,
  fault: Fault,
  space: SpaceName = spaceNameOf(address),
): CommandError {
  const what = space === 'dumpfile' ? 'seek error:' : (words[fault.reason] ?? 'read error:');
  return new CommandError(
    'unreadable',
    `${command}: ${what} ${space} address: ${address.toString(16)}  type: "${type}"`,
  );
}
