// The verdict as a person sees it, in a wide window and in a narrow one.
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasTerminals, Terminal } from '../testkit/terminal.ts';

const ESC = String.fromCharCode(27);

async function seen(name: string, columns: number, env: NodeJS.ProcessEnv = {}) {
  const { NO_COLOR: _, ...rest } = process.env;
  const words = ['why', resolve(`testdata/dumps/${name}/vmcore`), '-v'];
  const terminal = new Terminal(resolve('bin/inquest'), words, {
    columns,
    env: { ...rest, TERM: 'xterm', ...env },
  });
  await terminal.until(/strict [0-9a-f]{16}/);
  const { raw, text } = terminal;
  terminal.kill();
  return { raw, lines: text.split('\n') };
}

describe.runIf(hasTerminals)('at a terminal', () => {
  test.each([
    ['rt-loop', 60],
    ['rt-loop', 100],
    ['soft-lockup', 60],
    ['null-deref', 60],
  ])(
    '%s in %i columns: nothing is wider, the verdict comes first, in colours',
    async (name, columns) => {
      const { raw, lines } = await seen(name, columns);
      // A command is to be pasted: it is never cut.
      const wide = lines.filter((line) => line.length > columns && !line.startsWith('      > '));
      expect(wide).toEqual([]);
      const first = lines.indexOf('');
      expect(lines.slice(0, first).join(' ')).toMatch(/\. ?verdict: \w+ \w+, .* trigger: /);
      expect(raw.startsWith(`${ESC}[1m`)).toBe(true);
    },
  );

  test('the sections stand in one order', async () => {
    const { lines } = await seen('soft-lockup', 100, { NO_COLOR: '1' });
    const titles = [
      'CPUs',
      'Suspects',
      'Evidence',
      'Innocent',
      'Doubts',
      'Next',
      'Rules',
      'Signature',
    ];
    expect(lines.filter((line) => titles.includes(line))).toEqual(titles);
  });

  test('no colours where none are wanted', async () => {
    expect((await seen('rt-loop', 100, { NO_COLOR: '1' })).raw).not.toContain(`${ESC}[`);
  });
});
