// 7.2 at dump level 31: makedumpfile drops slab pages, drgn then lists no task, and crash does not open the dump.
// What is left must be as drgn has it from the full dump. INQUEST_LAB/soft-lockup-31 is soft-lockup, filtered by
// scripts/lab-dumps.sh.
import { beforeAll, describe, expect, test } from 'vitest';
import { isFault } from '../../src/bytes/fault.ts';
import { runLine } from '../../src/commands/kit/run.ts';
import { newSession } from '../../src/commands/kit/session.ts';
import { openDump } from '../../src/doors/open.ts';
import { allTasks } from '../../src/kernel/tasks.ts';
import { hasNoStack, type Stack, stackOf } from '../../src/stacks/stack.ts';
import type { Dump } from '../../src/types/dump.ts';
import { drgnBacktraces, drgnLog, drgnModules, drgnPs } from '../oracle/drgn-answers.ts';

const lab = process.env.INQUEST_LAB ?? '';
const hex = (value: bigint): string => `0x${value.toString(16)}`;

describe.skipIf(!lab)(
  lab ? 'level 31' : 'skipped: INQUEST_LAB names no folder of lab dumps',
  () => {
    let dump: Dump;
    beforeAll(async () => {
      dump = await openDump([`${lab}/soft-lockup-31/vmcore`]);
    }, 30_000);

    const answer = async (line: string) => {
      const answer = await runLine({ dump, session: newSession() }, line);
      if (!answer.ok) throw new Error(answer.error.message);
      return answer;
    };

    test('every task is found; what of it can be read is right', () => {
      const ours = new Map(allTasks(dump).tasks.map((task) => [hex(task.address), task]));
      const wanted = drgnPs('soft-lockup');
      expect(wanted.length).toBe(78);
      expect([...ours.keys()].sort()).toEqual(wanted.map(({ task }) => task).sort());
      let unreadable = 0;
      for (const { task, pid, comm } of wanted) {
        const found = ours.get(task);
        const told = [found?.pid, found?.comm];
        if (told.some(isFault)) unreadable++;
        else expect(told).toEqual([pid, comm]);
      }
      expect(unreadable).toBe(0);
    });

    /** Frames of ours stand among drgn's, which has inlined functions too, in the same order. */
    const isAmong = (ours: readonly string[], drgns: readonly string[]): boolean => {
      let at = 0;
      for (const name of ours) {
        const found = drgns.indexOf(name, at);
        if (found < 0) return false;
        at = found + 1;
      }
      return true;
    };

    /** The labels by which kallsyms knows what drgn names by its function; same addresses. */
    const labels: Readonly<Record<string, string>> = {
      entry_SYSCALL_64_after_hwframe: 'entry_SYSCALL_64',
      common_startup_64: 'secondary_startup_64',
    };

    /** Without frames of modules (drgn had no names for them), from the first one on that drgn has. */
    const comparable = (stack: Stack, drgns: readonly string[]): string[] => {
      const names = stack.frames
        .filter((frame) => frame.module === undefined || drgns.includes(frame.symbol ?? ''))
        .map((frame) => frame.symbol?.split('.')[0] ?? '?')
        .map((name) => labels[name] ?? name);
      return names.slice(names.findIndex((name) => drgns.includes(name)));
    };

    test('stacks have the functions that drgn finds in the full dump, in order', () => {
      const ours = new Map(allTasks(dump).tasks.map((task) => [hex(task.address), task]));
      const counts = { certain: 0, guessed: 0, none: 0 };
      const different: unknown[] = [];
      for (const trace of drgnBacktraces('soft-lockup', 'foreach-bt')) {
        const task = ours.get(trace.task);
        const stack = task && stackOf(task);
        if (!stack || hasNoStack(stack)) {
          counts.none++;
          continue;
        }
        const wanted = trace.frames.map((frame) => frame.function);
        const isGuessed = stack.frames.some((frame) => frame.certainty === 'guessed');
        if (isAmong(comparable(stack, wanted), wanted)) counts[isGuessed ? 'guessed' : 'certain']++;
        else
          different.push([
            trace.pid,
            isGuessed,
            stack.frames.map((frame) => frame.symbol).join(' '),
          ]);
      }
      expect(different).toEqual([]);
      expect(counts).toEqual({ certain: 53, guessed: 25, none: 0 });
    });

    test('the log and the modules are whole', async () => {
      const log = await answer('log');
      expect(log.warnings).toEqual([]);
      expect(log.text.trimEnd().split('\n').length).toBe(drgnLog('soft-lockup').length);
      const { data } = await answer('mod');
      const modules = data as readonly { readonly name: string }[];
      expect(modules.map((module) => module.name).sort()).toEqual(
        drgnModules('soft-lockup')
          .map((module) => module.name)
          .sort(),
      );
    });
  },
);
