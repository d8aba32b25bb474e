// Those who stand in line, and hold nothing that anybody waits for.
import type { Alarm } from '../../facts/alarms.ts';
import { type Exoneration, exonerate } from '../kit/define.ts';
import { nameOf } from '../kit/text.ts';
import type { Edge } from './graph.ts';
import { shortLock } from './words.ts';

const MOST_CLEARED = 16;

/** kernel/hung_task.c: `INFO: task NAME:PID blocked for more than N seconds.` (5.10 to 7.2) */
const HUNG = /^INFO: task .*:(\d+) blocked for more than/;

/** The task that the log blames first: the watchdog goes through them by number, not by guilt. */
function firstNamed(alarms: readonly Alarm[]): number | undefined {
  const text = alarms.find(({ kind }) => kind === 'hung task')?.text;
  const pid = HUNG.exec(text ?? '')?.[1];
  return pid === undefined ? undefined : Number(pid);
}

export function* clearedVictims(
  victims: readonly Edge[],
  alarms: readonly Alarm[],
): Generator<Exoneration> {
  const named = firstNamed(alarms);
  const holders = new Set(victims.map(({ on }) => on));
  for (const { task, queue } of victims.slice(0, MOST_CLEARED)) {
    // Somebody else may wait for what it holds: then it is a link of the chain.
    if (holders.has(task.pid)) continue;
    const first =
      task.pid === named
        ? 'the log names it first, as the hung-task watchdog looks at tasks by number; '
        : '';
    yield exonerate(
      'task',
      nameOf(task),
      `${first}it only stands in line for ${shortLock(queue.object)}, and holds no lock that anybody was found to wait for`,
      `bt ${task.pid}`,
    );
  }
}
