// The examples of README.md are what the program prints.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Example {
  readonly command: string;
  /** Lines it must print, in order; `…` stands for any lines between. */
  readonly lines: readonly string[];
}

const examples: readonly Example[] = [
  ...readFileSync('README.md', 'utf8').matchAll(/^```console\n\$ (.*)\n([\s\S]*?)^```$/gm),
].map(([, command = '', text = '']) => ({ command, lines: text.trimEnd().split('\n') }));

test('README.md has examples', () => {
  expect(examples.length).toBeGreaterThan(1);
});

test.each(examples)('$command', ({ command, lines }) => {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  const printed = stdout.split('\n');
  let at = 0;
  let isGap = false;
  for (const line of lines) {
    if (line === '…') {
      isGap = true;
      continue;
    }
    const found = isGap ? printed.indexOf(line, at) : at;
    expect(printed[found], `after line ${at}`).toBe(line);
    at = found + 1;
    isGap = false;
  }
});
