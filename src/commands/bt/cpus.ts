// CPU numbers as crash's arguments list them: `0,2-5`, `all`.
import { onlineCpus, possibleCpus } from '../../kernel/cpus.ts';
import type { Dump } from '../../types/dump.ts';
import { CommandError } from '../kit/define.ts';

/** @throws CommandError with crash's text when it is none, or names a CPU that the machine does not have */
export function cpusNamed(dump: Dump, command: string, spec: string): readonly number[] {
  if (spec === 'a' || spec === 'all') return onlineCpus(dump);
  const cpus = new Set<number>();
  for (const part of spec.split(',')) {
    const [first, last = first] = part.split('-', 2).map((word) => cpuNumber(command, part, word));
    if (first === undefined || last === undefined) continue;
    const known = possibleCpus(dump).filter((cpu) => cpu >= first && cpu <= last);
    if (known.at(-1) !== last || known[0] !== first)
      throw new CommandError('not-found', `${command}: invalid cpu specification: ${spec}`);
    for (const cpu of known) cpus.add(cpu);
  }
  return [...cpus].sort((a, b) => a - b);
}

function cpuNumber(command: string, part: string, word: string): number {
  const bad = /[^0-9]/.exec(word)?.[0];
  if (bad !== undefined || word === '')
    throw new CommandError('usage', `${command}: ${part}: "${bad ?? ''}" is not a digit 0 - 9`);
  return Number(word);
}
