// A task's stack as a fact.
import type { Task } from '../../kernel/task.ts';
import { hex } from '../../print/hex.ts';
import { stackOf } from '../../stacks/stack.ts';
import type { Dump } from '../../types/dump.ts';
import { baseName, type StackFact } from './frames.ts';

/** The stack, unwound once a dump and task. */
export const stackFact = (dump: Dump, task: Task): StackFact =>
  dump.memo(`stack fact ${task.address}`, () => {
    const stack = stackOf(task);
    return {
      frames: stack.frames.map((frame) => ({
        function: frame.symbol === undefined ? null : baseName(frame.symbol),
        symbol: frame.symbol ?? null,
        module: frame.module ?? null,
        pc: hex(frame.pc),
        isCertain: frame.certainty === 'certain',
        isInterrupted: frame.is === 'interrupted',
      })),
      isWhole: stack.isWhole,
      fromUser: stack.end.at === 'user',
    };
  });
