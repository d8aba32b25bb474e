// The first bytes of an ELF file: enough to tell what it is. ELF-64 specification; include/uapi/linux/elf-em.h
import { Cursor } from '../bytes/cursor.ts';

/** Numbers of e_machine that a dump may have. */
export const elfMachine = { x86_64: 62 } as const;

export interface ElfHead {
  readonly is64: boolean;
  readonly isLittle: boolean;
  /** e_type: 1 relocatable, 2 executable, 3 shared, 4 core. */
  readonly type: number;
  readonly machine: number;
}

/** Whether the file begins as an ELF file does. */
export const isElf = (head: Uint8Array): boolean => new Cursor(head).u32(0) === 0x464c457f;

/** @param head at least 20 bytes of an ELF file; what is missing reads as zero */
export function readElfHead(head: Uint8Array): ElfHead {
  const cursor = new Cursor(head);
  const isLittle = cursor.u8(5) === 1;
  const half = (at: number): number => {
    const value = cursor.u16(at) ?? 0;
    return isLittle ? value : ((value & 0xff) << 8) | (value >> 8);
  };
  return { is64: cursor.u8(4) === 2, isLittle, type: half(16), machine: half(18) };
}

/** A 64-bit little-endian core, of whatever machine. */
export function isElfCore(head: Uint8Array): boolean {
  if (!isElf(head)) return false;
  const { is64, isLittle, type } = readElfHead(head);
  return is64 && isLittle && type === 4;
}
