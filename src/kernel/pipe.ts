// Pipes: which one a file is an end of, and which ends. fs/pipe.c, include/linux/pipe_fs_i.h
import type { VirtualAddress } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';

const fileShape = shape('file', {
  ops: ['f_op'],
  mode: ['f_mode'],
  private: ['private_data'],
  inode: ['f_inode'],
});
/** `struct file`, as far as pipes and sockets need it. */
export class OpenFile extends View<keyof typeof fileShape.fields> {
  protected readonly shape = fileShape;
}

const inodeShape = shape('inode', { block: ['i_sb'] });
class Inode extends View<keyof typeof inodeShape.fields> {
  protected readonly shape = inodeShape;
}

const superShape = shape('super_block', { magic: ['s_magic'] });
class SuperBlockMagic extends View<keyof typeof superShape.fields> {
  protected readonly shape = superShape;
}

/** FMODE_READ, FMODE_WRITE: include/linux/fs.h; PIPEFS_MAGIC: include/uapi/linux/magic.h (5.10 to 7.2) */
const READ = 1;
const WRITE = 2;
const PIPEFS = 0x5049_5045;
/** Those without a name have operations of their own on 7.2, not on 6.12. */
const OPERATIONS = ['pipefifo_fops', 'pipeanon_fops'];

export interface PipeEnd {
  /** `struct pipe_inode_info` */
  readonly pipe: VirtualAddress;
  readonly reads: boolean;
  readonly writes: boolean;
  /** It has no name: nobody can open another end of it. */
  readonly isAnonymous: boolean;
}

/** Undefined: it is no end of a pipe. */
export function pipeEnd(dump: Dump, at: VirtualAddress): PipeEnd | undefined | Fault {
  const file = new OpenFile(dump, at);
  const pipe = file.pointer('private');
  const mode = file.number('mode');
  const ops = file.pointer('ops');
  if (isFault(ops)) return ops;
  if (!OPERATIONS.some((name) => ops === dump.symbol(name))) return undefined;
  if (isFault(pipe)) return pipe;
  if (isFault(mode)) return mode;
  if (pipe === 0n) return undefined;
  const inode = file.pointer('inode');
  const block = isFault(inode) ? inode : new Inode(dump, inode).pointer('block');
  const magic = isFault(block) ? block : new SuperBlockMagic(dump, block).number('magic');
  if (isFault(magic)) return magic;
  return {
    pipe,
    reads: (mode & READ) !== 0,
    writes: (mode & WRITE) !== 0,
    isAnonymous: magic === PIPEFS,
  };
}
