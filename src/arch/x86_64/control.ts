// The control registers that QEMU's own note saves: what a CPU's page tables were.
import { Cursor } from '../../bytes/cursor.ts';

/** Where one CPU's page tables began, and how many levels they had. */
export interface Control {
  /** Physical address of the kernel's topmost table. */
  readonly root: number;
  readonly levels: 4 | 5;
}

const QEMU_NOTE_SIZE = 440;
/** cr0 to cr4 stand at 392. target/i386/arch_dump.c (QEMU 7.2). */
const CR0 = 392;
const PAGING = 1n << 31n;
const CR4_LA57 = 1n << 12n;
const TABLE = 0x000f_ffff_ffff_f000n;
/** With page-table isolation the user's table is the page behind the kernel's. arch/x86/mm/pti.c (6.12). */
const USER_TABLE = 0x1000n;

/** @returns undefined when it is no such note, or the CPU had no paging yet */
export function parseQemuControl(desc: Uint8Array): Control | undefined {
  const cursor = new Cursor(desc);
  if (cursor.u32(0) !== 1 || desc.length < QEMU_NOTE_SIZE) return undefined;
  const cr0 = cursor.u64(CR0) as bigint;
  const cr3 = cursor.u64(CR0 + 24) as bigint;
  const cr4 = cursor.u64(CR0 + 32) as bigint;
  if (!(cr0 & PAGING) || (cr3 & TABLE) === 0n) return undefined;
  return { root: Number(cr3 & TABLE & ~USER_TABLE), levels: cr4 & CR4_LA57 ? 5 : 4 };
}
