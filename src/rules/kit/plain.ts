// Locks, functions and what ended it, for who knows no kernel.
import type { FrameFact } from '../../facts/kit/frames.ts';
import type { KernelObject } from '../../facts/kit/object.ts';
import type { Trigger } from '../../facts/trigger.ts';
import { join } from './text.ts';
import { byHand, stoppedBy } from './trigger-words.ts';

/**
 * ` (a_lock and b_lock, in the module driver)`; nothing where nothing of them has a name.
 *
 * @param said a module that the sentence names anyway
 */
export function named(
  objects: readonly Pick<KernelObject, 'name' | 'module'>[],
  said: string | null = null,
): string {
  // One that lies in a table has the table's name.
  const names = [...new Set(objects.flatMap(({ name }) => name?.replace(/\+0x\w+$/, '') ?? []))];
  const modules = [...new Set(objects.flatMap(({ module }) => module ?? []))].filter(
    (module) => module !== said,
  );
  const place = modules.length > 0 ? `in the module ${join(modules)}` : '';
  const text = [join(names), place].filter(Boolean).join(', ');
  return text === '' ? '' : ` (${text})`;
}

/** `the function driver_write of the module driver` */
export const theFunction = ({
  function: name,
  module,
}: Pick<FrameFact, 'function' | 'module'>): string =>
  `the function ${name ?? 'without a name'} of ${module === null ? 'the kernel' : `the module ${module}`}`;

const WATCHED = 'A watchdog then stopped the machine';
const WATCHED_OUTSIDE = 'The hardware’s watchdog then stopped the machine';
const NOTICED: Readonly<Record<string, string>> = {
  softlockup: WATCHED,
  hardlockup: WATCHED,
  'hung-task': WATCHED,
  'rcu-stall': WATCHED,
  'workqueue-stall': WATCHED,
  softdog: WATCHED,
  'ipmi-watchdog': WATCHED_OUTSIDE,
  'watchdog-pretimeout': WATCHED_OUTSIDE,
};

/** As stoppedBy, where the sentence before it says what was noticed. */
export function endOf(trigger: Trigger): string {
  if (trigger.kind === 'sysrq') return byHand(undefined);
  if (trigger.kind === 'nmi' && trigger.detector === 'none')
    return 'An interrupt of the hardware (NMI) then stopped the machine';
  return NOTICED[trigger.detector] ?? stoppedBy(trigger);
}
