// What stopped the machine, in words.
import type { TaskFact } from '../../facts/tasks.ts';
import type { Trigger } from '../../facts/trigger.ts';
import { nameOf } from './text.ts';

const DETECTORS: Readonly<Record<string, string>> = {
  live: 'The machine runs',
  'ipmi-watchdog':
    'The hardware watchdog (IPMI) warned that nobody patted it, and the kernel panicked',
  softlockup: 'The kernel’s soft-lockup watchdog found a CPU that no longer gave way, and panicked',
  hardlockup:
    'The kernel’s hard-lockup watchdog found a CPU that no longer took interrupts, and panicked',
  'hung-task': 'The kernel’s hung-task watchdog found a task asleep for too long, and panicked',
  'rcu-stall': 'The kernel panicked because an RCU grace period did not end',
  oom: 'The kernel ran out of memory and panicked',
  softdog: 'The software watchdog was not patted in time, and the kernel panicked',
  'watchdog-pretimeout':
    'A hardware watchdog warned that nobody patted it, and the kernel panicked',
  hpwdt: 'The hardware watchdog (HPE’s) or the NMI button stopped the kernel',
  'workqueue-stall':
    'The kernel’s workqueue watchdog found work that did not get done, and panicked',
  warning: 'The kernel warned of a state of its own, and is set to panic on warnings',
  'stack-protector': 'The kernel found its stack written over, and panicked',
  firmware: 'The firmware reported an error of the hardware, and the kernel panicked',
  'init-exit': 'The first program ended, and the kernel panicked',
};

/** `The kernel’s … panicked`: a sentence without its full stop. */
export function stoppedBy({ kind, detector, message, function: name }: Trigger): string {
  const known = DETECTORS[detector];
  if (known) return known;
  if (kind === 'external') return 'The dump was taken from outside: the kernel did not panic';
  if (kind === 'oops') return `The kernel faulted${name ? ` in ${name}` : ''}`;
  if (kind === 'machine-check') return 'The hardware reported an error (machine check)';
  if (kind === 'nmi')
    return 'The hardware raised a non-maskable interrupt, and the kernel panicked';
  if (kind === 'panic') return `The kernel panicked${message ? ` (“${message}”)` : ''}`;
  return 'What stopped the machine could not be made out';
}

/** As stoppedBy, for a dump that somebody asked for. */
export const byHand = (task: TaskFact | undefined): string =>
  `The dump was asked for by hand (sysrq c${task ? `, by ${nameOf(task)}` : ''})`;
