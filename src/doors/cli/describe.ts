// What a dump is, as `info` and `run --json` say it.
import type { PageSource } from '../../formats/format.ts';
import type { Dump } from '../../types/dump.ts';

export interface DumpInfo {
  readonly files: readonly string[];
  readonly format: string;
  /** Null: no kernel can be opened in it; `types` says why. Only `info` says that of a file. */
  readonly release: string | null;
  /** Why there are no types; null when they come from the dump's BTF. */
  readonly types: string | null;
  readonly properties: readonly { readonly label: string; readonly value: string }[];
  readonly warnings: readonly string[];
}

export const describe = (dump: Dump): DumpInfo => ({
  files: dump.files,
  release: dump.release,
  types: dump.types.fault?.explain() ?? null,
  ...container(dump.source),
});

/** A file whose kernel cannot be opened. @param why in one sentence */
export const describeUnopened = (
  files: readonly string[],
  source: PageSource,
  why: string,
): DumpInfo => ({ files, release: null, types: why, ...container(source) });

const container = ({ format, properties, warnings }: PageSource) => ({
  format,
  properties: properties.map(([label, value]) => ({ label, value })),
  warnings,
});
