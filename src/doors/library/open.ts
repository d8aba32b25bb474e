// The library's way to open a dump.
import type { Dump } from '../../types/dump.ts';
import { openDump as openFiles } from '../open.ts';

/** What the files do not say of themselves. */
export interface OpenDumpOptions {
  /** The file is raw physical memory, which nothing in it tells. */
  readonly raw?: boolean;
}

/**
 * Opens a dump, or the parts of one split dump. What the file itself says against it (cut short, a part
 * missing) stands in `dump.source.warnings`. Close it when done: `dump.close()`.
 *
 * @example
 * ```js
 * const dump = await openDump('vmcore');
 * try {
 *   console.log(dump.release); // 6.12.117+deb13-amd64
 * } finally {
 *   dump.close();
 * }
 * ```
 * @param files path of a vmcore, or paths of the parts of a split one in any order
 * @throws OpenError when it is no dump, or says too little to open a kernel
 */
export const openDump = (
  files: string | readonly string[],
  options: OpenDumpOptions = {},
): Promise<Dump> =>
  openFiles(typeof files === 'string' ? [files] : files, { raw: options.raw === true });
