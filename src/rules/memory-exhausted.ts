// No memory was left: who has it. The task that asked last is a bystander more often than not.
import { memoryUse } from '../facts/memory-use.ts';
import { tasks } from '../facts/tasks.ts';
import { trigger } from '../facts/trigger.ts';
import { type Blame, defineRule, doubt, exonerate, type Finding, suspect } from './kit/define.ts';
import { asSuspect, nameOf } from './kit/text.ts';
import { type Eater, eaterOf } from './memory-exhausted/eater.ts';
import { evidenceOf } from './memory-exhausted/evidence.ts';
import { percent, size } from './memory-exhausted/words.ts';

/** With so much of it free, another limit than the machine’s was met. */
const FREE_SHARE = 0.2;

export default defineRule({
  id: 'memory-exhausted',
  title: 'no memory was left',
  needs: { memory: memoryUse, tasks, trigger },
  silence: 'the kernel did not stop for want of memory',

  *judge({ memory, tasks, trigger }): Iterable<Finding> {
    if (trigger.detector !== 'oom') return;
    if (!memory) {
      yield doubt('the kernel ran out of memory, but what it was used for cannot be read');
      return;
    }
    if (memory.freePages > memory.totalPages * FREE_SHARE) {
      yield doubt(
        `${percent(memory.freePages, memory.totalPages)} of the memory was free: the limit of a group of programs or of a node was met, and which is not examined`,
      );
      return;
    }
    const eater = eaterOf(memory, tasks);
    const asked = tasks.find((task) => task.pid === trigger.pid);
    const isAsking = eater.tasks.some((task) => task.tgid === asked?.tgid);
    yield {
      says: 'blame',
      where: eater.where,
      kind: 'exhaustion',
      title: `out of memory: ${eater.title}`,
      confidence: eater.confidence,
      headline: `The machine ran out of memory: ${eater.plain}.`,
      because: `${eater.what}; ${size(memory.freePages)} of ${size(memory.totalPages)} were free`,
      suspects: [
        ...suspectsOf(eater),
        ...(asked && !isAsking
          ? [
              suspect('trigger', 'it asked for memory when none was left', {
                task: asSuspect(asked),
                cpu: trigger.cpu,
              }),
            ]
          : []),
      ],
      evidence: evidenceOf(memory, eater, trigger),
      next: [{ text: 'See which programs have how much.', command: 'ps -G' }],
      doubts: eater.doubts,
    } satisfies Blame;
    // Where no program has it, whoever asked last may have filled the files that do.
    if (asked && !isAsking && eater.tasks.length > 0)
      yield exonerate(
        'task',
        nameOf(asked),
        'it only asked for memory when none was left, as any program might have',
        `bt ${asked.pid}`,
      );
  },
});

const suspectsOf = ({ tasks, object, what }: Eater) => [
  ...tasks.map((task) => suspect('culprit', what, { task: asSuspect(task) })),
  ...(object ? [suspect('culprit', what, { object })] : []),
];
