// User stacks, whoever unwinds them.

export interface UserFrame {
  readonly address: string;
  /** Null: no symbol. */
  readonly function: string | null;
  /** `fd=1, size=512`; empty where no debug information says. */
  readonly arguments: string;
  readonly file: string | null;
  readonly line: number | null;
  /** The library it is in; null: the program itself, or not said. */
  readonly library: string | null;
}

export interface UserStacks {
  readonly tool: 'gdb' | 'eu-stack';
  /** Thread → its stacks, one per time it was looked at. */
  readonly stacks: ReadonlyMap<number, readonly (readonly UserFrame[])[]>;
  /** How long the process stood still for it, at most. */
  readonly stoppedMs: number;
}

/** Why there are no stacks, for a person. */
export interface NoStacks {
  readonly why: string;
}

/** `#0 spin (a=3) at loop.c:3` */
export function frameText(frame: UserFrame, index: number): string {
  const { function: name, arguments: given, file, line, library, address } = frame;
  const place = file
    ? ` at ${file}${line === null ? '' : `:${line}`}`
    : library
      ? ` in ${library}`
      : '';
  return `#${index} ${name ?? address} (${given})${place}`;
}

/** Functions of the C library between a program and the kernel: not where a program is. */
const PLUMBING =
  /^(__|_IO_|_start|syscall|.*_nocancel$|futex|.*lll_lock|pthread_|___|clone|start_thread|cpu_relax|internal_|read$|write$|recv|send|open|poll|select|epoll_|nanosleep|clock_nanosleep|usleep|sleep$|wait|flock|fcntl|accept|raise|kill|f(gets|getc|read|write|open)|getline|getc|printf|puts)/;

/** What stays while all else changes: the innermost function that every stack has, counted from the outermost. */
export function commonFrame(stacks: readonly (readonly UserFrame[])[]): UserFrame | undefined {
  const [first = [], ...others] = stacks;
  let common: UserFrame | undefined;
  for (let depth = 1; depth <= first.length; depth++) {
    const frame = first.at(-depth);
    if (!others.every((stack) => stack.at(-depth)?.function === frame?.function)) break;
    if (frame?.function) common = frame;
  }
  return common;
}

/** The innermost frame that is the program's own. */
export const ownFrame = (stack: readonly UserFrame[]): UserFrame | undefined =>
  stack.find(
    ({ function: name, file, library }) =>
      name !== null &&
      (file !== null || library === null || !/\/(libc|libpthread|ld-)/.test(library)) &&
      !PLUMBING.test(name),
  ) ?? stack.find(({ function: name }) => name !== null);
