// CPUs behind a colon, as crash has them: `runqueues:a`, `:0,2-3`, `:` for the current one.

import { isFault } from '../../bytes/fault.ts';
import { possibleCpus } from '../../kernel/cpus.ts';
import { CommandError, type Context } from './define.ts';
import { contextTask } from './select.ts';

/** A word and what follows its last colon; undefined: there is none. */
export function splitCpuSpec(word: string): { name: string; spec: string | undefined } {
  const match = /^(.*?):([\da-z,-]*)$/s.exec(word);
  return match ? { name: match[1] ?? '', spec: match[2] } : { name: word, spec: undefined };
}

/**
 * The CPUs, ascending.
 *
 * @throws CommandError `COMMAND: invalid cpu specification: 9`
 */
export function cpusNamed(context: Context, command: string, spec: string): readonly number[] {
  const possible = possibleCpus(context.dump);
  if (spec === 'a' || spec === 'all') return possible;
  if (spec === '') {
    const { cpu } = contextTask(context, command);
    return isFault(cpu) ? [] : [cpu];
  }
  const wanted = new Set<number>();
  const invalid = () => new CommandError('usage', `${command}: invalid cpu specification: ${spec}`);
  for (const part of spec.split(',')) {
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
    if (first === undefined || !possible.includes(Number(first))) throw invalid();
    if (!possible.includes(Number(last))) throw invalid();
    for (const cpu of possible) if (cpu >= Number(first) && cpu <= Number(last)) wanted.add(cpu);
  }
  return [...wanted].sort((a, b) => a - b);
}
