// Whether a CPU goes round only until another lets a lock go.
import type { CpuFact } from '../../facts/cpus.ts';

/** kernel/locking (5.10 to 7.2). */
const SPINS =
  /^(?:(?:native_|__pv_)?queued_(?:spin|read|write)_lock_slowpath|_raw_(?:spin|read|write)_lock\w*|osq_lock|mutex_spin_on_owner|rwsem_spin_on_owner|mcs_spin_lock)$/;

export const isSpinning = ({ executing: [frame] }: CpuFact): boolean =>
  SPINS.test(frame?.function ?? '');
