// What shows that a CPU spins on a lock, and that another's code has taken it.
import type { SpinHolder, SpinWait, StuckCpu } from '../../facts/kernel-loops.ts';
import { spell } from '../../facts/kit/frames.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import { shortLock, spellLock } from '../kernel-locks/words.ts';
import { type Evidence, see } from '../kit/define.ts';
import { exceptionLine, frameLine, literal, nameOf } from '../kit/text.ts';

const MOST_FRAMES = 3;

export interface Spinning {
  readonly stuck: StuckCpu;
  readonly spin: SpinWait;
  readonly task: TaskFact | undefined;
}

export function showsSpin({
  stuck,
  spin,
  task,
  holder,
}: Spinning & { readonly holder: SpinHolder }): Evidence[] {
  return [
    ...showsWait({ stuck, spin, task }),
    ...takingEvidence(holder, spin.object.address, shortLock(spin.object)),
  ];
}

export function showsWait({ stuck, spin, task }: Spinning): Evidence[] {
  const { object } = spin;
  const who = task && !task.isIdle ? ` (${nameOf(task)})` : '';
  const lines = stuck.frames
    .filter((frame) => frame.function !== null)
    .slice(0, MOST_FRAMES)
    .map((frame) => (frame.isInterrupted ? exceptionLine(frame) : frameLine(frame)));
  return [
    see(
      `CPU ${stuck.cpu}${who} spins on ${spellLock(object)}${spin.wantedBy ? `, which ${spell(spin.wantedBy)} wants` : ''}`,
      who === '' ? `bt -c ${stuck.cpu}` : `bt ${stuck.pid}`,
      ...lines,
      ...(spin.from === 'queue' ? [] : [new RegExp(`\\bRDI: ${object.address.slice(2)}\\b`)]),
    ),
    see(
      `${shortLock(object)} is taken: its lowest byte is not 0`,
      `rd -8 ${object.address}`,
      new RegExp(`^${object.address.slice(2)}:\\s+(?!00)[0-9a-f]{2}\\b`),
    ),
  ];
}

/** The code takes the lock before the place it is at. */
export function takingEvidence(
  { function: taker, taking }: Pick<SpinHolder, 'function' | 'taking'>,
  address: string,
  lock: string,
): Evidence[] {
  if (!taker?.symbol || !taking) return [];
  const at = (offset: number) => `<${literal(taker.symbol ?? '')}\\+${offset}>:`;
  return [
    see(
      `${spell(taker)} takes ${lock} before the place it is at`,
      `dis ${taker.symbol}`,
      new RegExp(`${at(taking.argument)}.*\\b${address}\\b`),
      new RegExp(`${at(taking.call)}.*\\bcall\\b.*<_raw_\\w+>`),
    ),
  ];
}
