// The kernel's own address space: where its image and its page tables lie in physical memory.
import { parseQemuControl } from '../arch/x86_64/control.ts';
import { paging } from '../arch/x86_64/paging.ts';
import { physical, type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { PhysicalMemory } from './physical.ts';
import { AddressSpace } from './space.ts';
import { translate } from './translate.ts';
import type { Vmcoreinfo } from './vmcoreinfo.ts';

/** Where the kernel image is linked and how much room it has at most. arch/x86/include/asm/page_64_types.h (6.12). */
export const START_KERNEL_MAP = 0xffffffff80000000n;
export const KERNEL_IMAGE_SIZE = 1 << 30;

/** The kernel image is mapped by entries of 2 MiB. arch/x86/kernel/head64.c (6.12). */
const IMAGE_STEP = 2 << 20;
/** No machine has more: physical addresses of 52 bits. */
const MAX_PHYSICAL = 1n << 52n;

/** @returns a Fault with a detail when the two do not say where the kernel lies */
export function kernelSpace(memory: PhysicalMemory, info: Vmcoreinfo): AddressSpace | Fault {
  const physBase = info.number('phys_base') ?? physBaseOf(memory);
  const root = info.symbol('swapper_pg_dir');
  if (physBase === undefined || root === undefined)
    return new Fault(
      'implausible',
      undefined,
      'where the kernel lies in memory (phys_base) is recorded nowhere in it',
    );
  const levels = info.number('pgtable_l5_enabled') ? 5 : 4;
  const form = paging(levels, info.number('sme_mask') ?? 0n);
  const size = Number(info.number('KERNEL_IMAGE_SIZE') ?? KERNEL_IMAGE_SIZE);
  const image = {
    start: virtual(START_KERNEL_MAP),
    size: Math.min(Math.max(size, 0), KERNEL_IMAGE_SIZE),
    physical: BigInt.asUintN(64, physBase),
  };
  const rootAt = BigInt.asUintN(64, root - START_KERNEL_MAP + physBase);
  if (rootAt >= MAX_PHYSICAL)
    return new Fault(
      'implausible',
      undefined,
      `phys_base ${physBase} puts the page tables beyond any memory`,
    );
  return new AddressSpace(memory, form, physical(Number(rootAt)), image);
}

/**
 * Whether the page tables that VMCOREINFO names map the kernel's code where VMCOREINFO says it is: those of
 * a kernel that ran here before do not, once their pages were used for something else.
 */
export function isConsistent(memory: PhysicalMemory, info: Vmcoreinfo): boolean {
  const space = kernelSpace(memory, info);
  const text = info.symbol('_stext');
  if (isFault(space) || text === undefined) return false;
  const walked = space.translate(text);
  return !isFault(walked) && Math.floor(walked.at / 4096) === space.frameOf(pageNumberOf(text));
}

const pageNumberOf = (address: VirtualAddress): number => Number(address >> 12n);

/** Without VMCOREINFO's word: an ELF core's segment of the image, a CPU's page tables, the kdump header. */
export function physBaseOf(memory: PhysicalMemory): bigint | undefined {
  const { segments, physBase } = memory.source;
  const image = segments.find((s) => s.virtual >= START_KERNEL_MAP);
  if (image) return BigInt(image.physical) - (image.virtual - START_KERNEL_MAP);
  return physBaseOfCpus(memory) ?? physBase;
}

/** What the page tables say that a CPU had in use when QEMU stopped it: the first mapping of the image. */
export function physBaseOfCpus(memory: PhysicalMemory): bigint | undefined {
  for (const { name, desc } of memory.source.notes) {
    const control = name === 'QEMU' ? parseQemuControl(desc) : undefined;
    if (!control) continue;
    const form = paging(control.levels);
    for (let offset = 0; offset < KERNEL_IMAGE_SIZE; offset += IMAGE_STEP) {
      const at = virtual(START_KERNEL_MAP + BigInt(offset));
      const found = translate(form, physical(control.root), at, (entry) => memory.u64(entry));
      // Smaller entries are what the kernel puts there later; page-table isolation's trampolines too.
      if (!isFault(found) && found.span === IMAGE_STEP) return BigInt(found.at - offset);
    }
  }
  return undefined;
}
