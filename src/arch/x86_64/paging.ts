// x86-64 paging. Intel SDM volume 3A, chapter 4.5; arch/x86/include/asm/pgtable_types.h (6.12).
import { physical } from '../../bytes/address.ts';
import type { PagingForm } from '../paging.ts';

const PRESENT = 1n << 0n;
const LARGE = 1n << 7n;
/** Of an entry that is not present: the kernel's PROT_NONE (_PAGE_BIT_PROTNONE is the global bit). */
const PROTNONE = 1n << 8n;
const NO_EXECUTE = 1n << 63n;
const FRAME = 0x000f_ffff_ffff_f000n;

/**
 * The paging of one machine.
 *
 * @param levels 4, or 5 with LA57
 * @param encryptionMask AMD memory encryption's C-bit (`sme_me_mask`), not part of the frame
 */
export function paging(levels: 4 | 5, encryptionMask = 0n): PagingForm {
  const frame = FRAME & ~encryptionMask;
  const top = levels === 5 ? 56n : 47n;
  return {
    fields: levels === 5 ? [12, 9, 9, 9, 9, 9] : [12, 9, 9, 9, 9],
    levels: levels === 5 ? ['PTE', 'PMD', 'PUD', 'P4D', 'PGD'] : ['PTE', 'PMD', 'PUD', 'PGD'],
    isCanonical(address) {
      const high = address >> top;
      return high === 0n || high === (1n << (64n - top)) - 1n;
    },
    decode(entry, level, span) {
      if (!(entry & PRESENT)) {
        // PROT_NONE keeps its frame, inverted while the page is not accessible on CPUs with the L1TF
        // fault: arch/x86/include/asm/pgtable-invert.h (since 4.19).
        if (level === 0 && entry & PROTNONE)
          return { page: physical(Number((entry ^ FRAME) & frame)) };
        return 'absent';
      }
      const at = Number(entry & frame);
      if (level === 0 || (level <= 2 && entry & LARGE)) return { page: physical(at - (at % span)) };
      return { table: physical(at) };
    },
    isExecutable: (entry) => (entry & NO_EXECUTE) === 0n,
  };
}
