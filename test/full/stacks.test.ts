// Tasks, stacks and case 1's rule on the whole dumps.
import { expect, test } from 'vitest';
import { openDump } from '../../src/doors/open.ts';
import { panicTask } from '../../src/kernel/panic.ts';
import { allTasks } from '../../src/kernel/tasks.ts';
import { hasNoStack, stackOf } from '../../src/stacks/stack.ts';

const folder = process.env.INQUEST_DUMPS ?? '';

/** Tasks as crash 9.0.2's `ps` counts them; soft-lockup (7.2) as drgn 0.3.0 lists them. */
const counts = [
  ['healthy', 73],
  ['kernel-abba', 77],
  ['mtd-slow', 65],
  ['null-deref', 68],
  ['rt-loop', 83],
  ['rt-loop-510', 71],
  ['soft-lockup', 78],
  ['user-deadlock', 79],
] as const;

test.each(counts)('%s: all %d tasks are found, and every stack is whole', async (name, count) => {
  const dump = await openDump([`${folder}/${name}/vmcore`]);
  const { tasks, warnings } = allTasks(dump);
  expect(warnings).toEqual([]);
  expect(tasks).toHaveLength(count);
  const broken = tasks.filter((task) => {
    const stack = stackOf(task);
    return !hasNoStack(stack) && !stack.isWhole;
  });
  expect(broken.map((task) => task.pid)).toEqual([]);
  dump.close();
});

/** Who called panic(), which crash leaves out or falsifies: TRUTH.md of each dump. */
const callers = [
  ['rt-loop', 'ipmi_wdog_pretimeout_handler.cold', 'ipmi_watchdog'],
  ['rt-loop-510', 'ipmi_wdog_pretimeout_handler.cold', 'ipmi_watchdog'],
  ['kernel-abba', 'watchdog.cold', undefined],
] as const;

test.each(callers)('%s: panic was called by %s [%s]', async (name, caller, module) => {
  const dump = await openDump([`${folder}/${name}/vmcore`]);
  const task = panicTask(dump);
  const frames = task ? stackOf(task).frames : [];
  const panic = frames.findIndex((frame) => frame.symbol === 'panic');
  expect(frames[panic + 1]).toMatchObject({ symbol: caller, module });
  dump.close();
});
