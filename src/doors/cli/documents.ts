// The documents that `--json` prints; their JSON schemas in docs/schema are made from these types.
import type { Answer } from '../../commands/kit/run.ts';
import type { DumpInfo } from './describe.ts';

/** `inquest run DUMP --json -- CMD…`. */
export interface RunDocument {
  readonly schema: 'inquest.run/1';
  readonly dump: DumpInfo;
  /** One per command line, in their order. Each command's data has a schema of its own in docs/schema/command. */
  readonly results: readonly Answer[];
}

/** `inquest info DUMP --json`. */
export interface InfoDocument {
  readonly schema: 'inquest.info/1';
  readonly dump: DumpInfo;
}
