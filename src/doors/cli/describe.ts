// What a dump is, as `info` and `run --json` say it.
import type { Dump } from '../../types/dump.ts';

export interface DumpInfo {
  readonly files: readonly string[];
  readonly format: string;
  readonly release: string;
  /** Why there are no types; null when they come from the dump's BTF. */
  readonly types: string | null;
  readonly properties: readonly { readonly label: string; readonly value: string }[];
  readonly warnings: readonly string[];
}

export function describe(dump: Dump): DumpInfo {
  return {
    files: dump.files,
    format: dump.source.format,
    release: dump.release,
    types: dump.types.fault?.explain() ?? null,
    properties: dump.source.properties.map(([label, value]) => ({ label, value })),
    warnings: dump.source.warnings,
  };
}
