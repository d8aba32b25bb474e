// What one answer complains of.

/** A damaged dump can give thousands: these are kept of one answer. */
const MOST = 1000;

/** Each said once. */
export function collectWarnings(): {
  readonly warnings: readonly string[];
  warn(text: string): void;
} {
  const said = new Set<string>();
  const warnings: string[] = [];
  return {
    warnings,
    warn(text) {
      if (said.size > MOST || said.has(text)) return;
      said.add(text);
      warnings.push(said.size > MOST ? 'and more, which is left out here' : text);
    },
  };
}
