// What a session remembers between commands: crash's current context.
import type { VirtualAddress } from '../../bytes/address.ts';
import type { Value } from '../../types/expression.ts';

/** What `set`, `alias` and `p` change for the command lines that follow. */
export interface Session {
  /** The current task; undefined until something asks: then the panic task, as crash does. */
  task: VirtualAddress | undefined;
  /** Output radix of offsets and integers: `set radix`. */
  radix: 10 | 16;
  /** Tasks that `set -a` declared the active ones of their CPUs. */
  readonly active: Map<number, VirtualAddress>;
  /** Whether long answers go to a pager: `set scroll`; undefined: there is no terminal. */
  pages: boolean | undefined;
  /** Other values that `set` was given, by name. */
  readonly settings: Map<string, string>;
  /** Command lines that `alias` gave a word. */
  readonly aliases: Map<string, string>;
  /** `exit` was run: no command follows. */
  isOver: boolean;
  /** What `p` printed, the first first: `$1`, `$2`, … in its expressions. */
  readonly values: Value[];
}

/** A session at its beginning: the context is the panic task, the radix 10. */
export const newSession = (): Session => ({
  task: undefined,
  radix: 10,
  active: new Map(),
  pages: undefined,
  settings: new Map(),
  aliases: new Map(),
  isOver: false,
  values: [],
});
