// Small reads served from larger ones: pages that are stored one behind the other come from one call.
import { type Fault, isFault } from './fault.ts';
import type { RandomAccessFile } from './file.ts';

/** Larger ones waste more on pages far apart than they save on neighbours. */
const WINDOW = 8 << 10;
const WINDOWS_KEPT = 256;

/** Recently read parts of a file, of which a bounded number is kept. */
export class Windows {
  readonly #file: RandomAccessFile;
  readonly #kept = new Map<number, Uint8Array>();
  #lastIndex = -1;
  #last: Uint8Array = new Uint8Array(0);

  constructor(file: RandomAccessFile) {
    this.#file = file;
  }

  /** As `file.read`, but a view of a window: to be used at once, or copied. */
  view(offset: number, length: number): Uint8Array | Fault {
    const index = Math.floor(offset / WINDOW);
    const from = offset - index * WINDOW;
    if (from + length > WINDOW || offset < 0 || offset + length > this.#file.size)
      return this.#file.read(offset, length);
    if (index !== this.#lastIndex) {
      const window = this.#kept.get(index) ?? this.#read(index);
      if (isFault(window)) return window;
      this.#last = window;
      this.#lastIndex = index;
    }
    return this.#last.subarray(from, from + length);
  }

  #read(index: number): Uint8Array | Fault {
    const at = index * WINDOW;
    const window = this.#file.read(at, Math.min(WINDOW, this.#file.size - at));
    if (isFault(window)) return window;
    if (this.#kept.size >= WINDOWS_KEPT)
      for (const oldest of this.#kept.keys()) {
        this.#kept.delete(oldest);
        break;
      }
    this.#kept.set(index, window);
    return window;
  }
}
