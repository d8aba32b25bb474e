// What `inquest slow` takes: a process by number or name, and how long it is looked at.
import { named } from '../../live/worth.ts';
import { type ColorWish, colorWish, parseOptions, UsageError } from './arguments.ts';

export interface SlowArguments {
  readonly pid: number | undefined;
  readonly seconds: number;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly once: boolean;
  readonly color: ColorWish;
}

const SECONDS = 5;
const MOST_SECONDS = 3600;
/** @throws UsageError */
export function parseSlow(words: readonly string[]): SlowArguments {
  const { values, positionals } = parseOptions('slow', words);
  const [word, ...more] = positionals;
  if (more.length > 0 || (word !== undefined && values.name !== undefined))
    throw new UsageError(
      'slow takes one process; write: inquest slow PID, or inquest slow -p NAME',
    );
  if (word !== undefined && !/^[1-9]\d{0,9}$/.test(word))
    throw new UsageError(`"${word}" is no PID; for a name write: inquest slow -p ${word}`);
  const seconds = Number(values.seconds ?? SECONDS);
  if (!(seconds >= 0.5 && seconds <= MOST_SECONDS))
    throw new UsageError(`--seconds ${values.seconds}: write a number from 0.5 to ${MOST_SECONDS}`);
  return {
    pid:
      values.name === undefined
        ? word === undefined
          ? undefined
          : Number(word)
        : pidOf(values.name),
    seconds,
    json: values.json,
    verbose: values.verbose,
    once: values.once,
    color: colorWish(values.color),
  };
}

const MOST_NAMED = 10;

/** @throws UsageError none, or several, have that name */
function pidOf(name: string): number {
  const pids = named(name);
  const [pid] = pids;
  if (pid === undefined)
    throw new UsageError(
      `no process is called ${name}; inquest slow --once shows which are worth a look`,
    );
  if (pids.length > 1) {
    const shown = pids.slice(0, MOST_NAMED).join(', ');
    const more = pids.length > MOST_NAMED ? ', …' : '';
    throw new UsageError(
      `${pids.length} processes are called ${name}: ${shown}${more}; write one of them as PID`,
    );
  }
  return pid;
}
