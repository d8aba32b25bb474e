// What `rd` answers, as data.

export interface RdWord {
  /** As hexadecimal digits, or with -d and -D decimal ones. */
  readonly value: string;
  /** With -s and -S: what the word points at; null: no symbol of the kernel. */
  readonly symbol?: string | null;
  readonly offset?: number | null;
  /** With -S: the slab cache whose object it points into; null: none. */
  readonly cache?: string | null;
}

/** 16 bytes of memory, fewer at the end. */
export interface RdLine {
  readonly address: string;
  readonly words: readonly RdWord[];
  /** The bytes as text, a dot for what is not printable. */
  readonly text: string;
}

export interface RdData {
  readonly space: 'kernel virtual' | 'user virtual' | 'physical' | 'dumpfile';
  /** Bits of a word. */
  readonly width: 8 | 16 | 32 | 64;
  readonly lines: readonly RdLine[];
  /** With -r: the file the bytes were written to, and how many; null otherwise. */
  readonly file: string | null;
  readonly bytes: number | null;
}
