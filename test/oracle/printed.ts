// The documents that `--json` prints, from the ways in themselves, in this process: no build is needed.
import { vi } from 'vitest';

/** @param run a way in of src/doors/cli */
export async function printedJson(
  run: (words: readonly string[]) => Promise<number>,
  words: readonly string[],
): Promise<unknown> {
  let text = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((part) => {
    text += part;
    return true;
  });
  try {
    await run(words);
  } finally {
    spy.mockRestore();
  }
  return JSON.parse(text);
}
