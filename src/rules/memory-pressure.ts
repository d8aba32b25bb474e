// Programs are slow since the machine has too little memory for them: pages are taken from them and have to be brought back.
import { blockIo } from '../facts/block-io.ts';
import { isShortOfMemory, memoryPressure } from '../facts/memory-pressure.ts';
import { memoryUse } from '../facts/memory-use.ts';
import { tasks } from '../facts/tasks.ts';
import { trigger } from '../facts/trigger.ts';
import { defineRule, doubt, exonerate, type Finding } from './kit/define.ts';
import { asTrouble, isSleepersStory } from './kit/story.ts';
import { nameOf } from './kit/text.ts';
import { accusation, isElsewhere } from './memory-pressure/words.ts';

export default defineRule({
  id: 'memory-pressure',
  title: 'programs wait for memory most of the time',
  needs: { blockIo, memory: memoryUse, pressure: memoryPressure, tasks, trigger },
  silence: 'tasks did not wait for memory for the greater part of the last seconds',

  *judge({ blockIo, memory, pressure, tasks, trigger }): Iterable<Finding> {
    if (!pressure || !isShortOfMemory(pressure) || trigger.detector === 'oom') return;
    if (!memory) {
      yield doubt('programs waited for memory, but what it was used for cannot be read');
      return;
    }
    const asker =
      trigger.messengers.length === 0 ? tasks.find((t) => t.pid === trigger.pid) : undefined;
    const isDiskLate = blockIo.requests.length > 0;
    const said = accusation(pressure, memory, tasks, trigger, asker, isDiskLate);
    const isStory = isSleepersStory(trigger, false) && !isElsewhere(memory);
    yield isStory ? said : asTrouble(said);
    for (const task of tasks.filter((t) => t.isKernelThread && /^kswapd\d+$/.test(t.comm)))
      yield exonerate(
        'task',
        nameOf(task),
        'it only takes pages back, as it is meant to when few are free: that it works is a consequence',
        `bt ${task.pid}`,
      );
  },
});
