// What `search` answers, as data.
import type { RdLine } from '../rd/data.ts';

export interface SearchMatch {
  readonly address: string;
  /** The word found; null for a string. */
  readonly value: string | null;
  /** The symbol or expression that was searched for; null for a number or a string. */
  readonly name: string | null;
  /** With -c: what stands there, a dot for what is not printable. */
  readonly text: string | null;
  /** With -x: the words before and behind. */
  readonly before: readonly RdLine[];
  readonly after: readonly RdLine[];
}

/** One for each stack with matches under -t and -T; otherwise one, without a task. */
export interface SearchGroup {
  readonly task: {
    readonly pid: number | null;
    readonly comm: string | null;
    readonly cpu: number | null;
    /** Address of its task_struct. */
    readonly task: string;
  } | null;
  readonly matches: readonly SearchMatch[];
}

export interface SearchData {
  readonly space: 'kernel virtual' | 'user virtual' | 'physical';
  readonly groups: readonly SearchGroup[];
  /** Pages that were looked at. */
  readonly pages: number;
  /** Pages in the range that are not in the dump. */
  readonly missingPages: number;
  /** Whether the search ended before the range did, because there were too many matches. */
  readonly isCut: boolean;
}
