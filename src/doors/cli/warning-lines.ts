// Warnings beside an answer, as lines for a person.
import { escapeText } from '../../print/escape.ts';

/** Of one answer; `--json` has them all. */
const MOST = 20;

export function* warningLines(warnings: readonly string[]): Generator<string> {
  // A line that says "one more" could be that one.
  const shown = warnings.length === MOST + 1 ? MOST + 1 : MOST;
  for (const warning of warnings.slice(0, shown)) yield `WARNING: ${escapeText(warning)}`;
  const more = warnings.length - shown;
  if (more > 0) yield `WARNING: and ${more} more; --json has them`;
}
