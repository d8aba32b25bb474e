// Which machine and kernel this is.
import { isFault } from '../bytes/fault.ts';
import { initialUts } from '../kernel/uts.ts';
import type { Dump } from '../types/dump.ts';
import { defineFact, type Seen } from './kit/define.ts';

export interface Machine {
  /** `x86_64`; null: unreadable. */
  readonly arch: string | null;
  /** `6.12.117+deb13-amd64`; empty: unreadable. */
  readonly release: string;
}

export const machine = defineFact<Machine>({
  id: 'machine',
  says: 'the machine’s architecture and the kernel’s release',
  from: look,
});

function look(dump: Dump): Seen<Machine> {
  const uts = initialUts(dump);
  const arch = isFault(uts) ? uts : uts.machine;
  const { release } = dump;
  if (!isFault(arch)) return { value: { arch, release }, holes: [] };
  const hole = `the kernel’s own name of its machine cannot be read: ${arch.explain()}`;
  return { value: { arch: null, release }, holes: [hole] };
}
