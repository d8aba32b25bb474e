// kallsyms by shape, for kernels whose VMCOREINFO does not name its tables.
import { Fault } from '../bytes/fault.ts';
import type { Memory } from '../memory/memory.ts';
import type { Vmcoreinfo } from '../memory/vmcoreinfo.ts';
import type { KallsymsTables } from './kallsyms.ts';

export function findKallsyms(_memory: Memory, _info: Vmcoreinfo): KallsymsTables | Fault {
  return new Fault('no-symbol', undefined, 'kallsyms');
}
