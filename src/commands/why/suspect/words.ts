// Words that tasks and modules under suspicion have in common.
import { join } from '../../../rules/kit/text.ts';

const MOST_NAMED = 4;

/** Some of them by name. */
export const listed = (names: readonly string[]): string =>
  names.length <= MOST_NAMED
    ? join(names)
    : `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`;
