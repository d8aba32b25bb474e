// A search of a whole dump: threads find what one finds, in the same order.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { ask } from './kit.ts';

const folder = process.env.INQUEST_DUMPS ?? '';

test.each(['search -k init_task', 'search -k -c watchdog', 'search -p -h -m fff 4000 5000'])(
  '%s',
  async (line) => {
    const [expected = ''] = await ask('rt-loop', line);
    expect(expected.split('\n').length).toBeGreaterThan(50);
    const { stdout } = spawnSync('bin/inquest', ['run', `${folder}/rt-loop/vmcore`, '--', line], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    expect(stdout).toBe(expected);
  },
);
