// Which memory an address of an argument is in, and its bytes.
import { physical, virtual } from '../../bytes/address.ts';
import { Fault } from '../../bytes/fault.ts';
import { FileMemory } from '../../memory/file-memory.ts';
import type { Memory } from '../../memory/memory.ts';
import { CommandError, type Context } from './define.ts';
import { type SpaceName, unreadable } from './read-error.ts';
import { userSpace } from './user-space.ts';

export interface Reader {
  readonly space: SpaceName;
  /** Bytes from an address on: all of them, or the Fault of the first page that is missing. */
  read(address: bigint, length: number): Uint8Array | Fault;
  /** crash's words for a read that failed. @param what was to be read: so many bits, or text */
  error(address: bigint, what: number | 'ascii', fault: Fault): CommandError;
}

/** The lowest address of a kernel with the largest user space (5-level paging). */
const FIRST_KERNEL_ADDRESS = 0xff00_0000_0000_0000n;
const FIRST_KERNEL_ADDRESS_4 = 0xffff_8000_0000_0000n;
/** Physical addresses have 52 bits. */
const MAX_PHYSICAL = 1n << 52n;

const TYPES: Readonly<Record<SpaceName, string>> = {
  'kernel virtual': 'KVADDR',
  'user virtual': 'UVADDR',
  physical: 'PHYSADDR',
  dumpfile: 'FILEADDR',
};

/** @param asked what an option said; without one the address tells kernel from user */
export function readerOf(
  context: Context,
  command: string,
  asked: 'physical' | 'user' | 'kernel' | 'file' | undefined,
  address: bigint,
): Reader {
  const space = asked === undefined ? spaceOf(context, address) : NAMES[asked];
  const read =
    space === 'physical'
      ? physicalRead(context)
      : virtualRead(memoryOf(context, command, space), space === 'user virtual');
  return {
    space,
    read,
    error: (at, what, fault) =>
      unreadable(
        command,
        at,
        what === 'ascii' ? what : `${what}-bit ${TYPES[space]}`,
        fault,
        space,
      ),
  };
}

const NAMES = {
  physical: 'physical',
  user: 'user virtual',
  kernel: 'kernel virtual',
  file: 'dumpfile',
} as const;

function memoryOf(context: Context, command: string, space: SpaceName): Memory | undefined {
  if (space === 'dumpfile') return fileMemory(context, command);
  return space === 'user virtual' ? userMemory(context, command) : context.dump.memory;
}

/** The bytes of the dump's own file, of a set the first. @throws CommandError when there is none */
export function fileMemory({ dump }: Context, command: string): Memory {
  const { file } = dump.source;
  if (!file) throw new CommandError('unsupported', `${command}: -f option requires a dumpfile`);
  return new FileMemory(file);
}

const spaceOf = ({ dump }: Context, address: bigint): SpaceName =>
  address >= (dump.paging.levels.length > 4 ? FIRST_KERNEL_ADDRESS : FIRST_KERNEL_ADDRESS_4)
    ? 'kernel virtual'
    : 'user virtual';

/** A task without user memory has nothing mapped there. */
function userMemory(context: Context, command: string): Memory | undefined {
  try {
    return userSpace(context, command);
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

const virtualRead =
  (memory: Memory | undefined, isUser: boolean): Reader['read'] =>
  (address, length) => {
    // A program's page tables map the kernel, too, where the two are not kept apart.
    if (isUser && address >> 63n)
      return new Fault('unmapped', virtual(address), 'an address of the kernel');
    return (
      memory?.read(virtual(address), length) ??
      new Fault('unmapped', virtual(address), 'the current task has no user memory')
    );
  };

const physicalRead =
  ({ dump }: Context): Reader['read'] =>
  (address, length) => {
    if (address + BigInt(length) > MAX_PHYSICAL) return new Fault('unsaved', undefined);
    return dump.physical.read(physical(Number(address)), length);
  };
