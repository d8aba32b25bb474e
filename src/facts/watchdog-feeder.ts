// Who has to pat the watchdog that fired: the task that has its device open.
import { isFault } from '../bytes/fault.ts';
import { descriptorOf } from '../kernel/open-files.ts';
import { allTasks } from '../kernel/tasks.ts';
import type { Dump } from '../types/dump.ts';
import { defineFact, type Seen, seen } from './kit/define.ts';
import { trigger } from './trigger.ts';

export interface Feeder {
  readonly pid: number;
  /** Its descriptor of the watchdog device. */
  readonly fd: number;
}

/** The file operations of a watchdog device, by detector: a file of the device points at them. */
const OPERATIONS: Readonly<
  Record<string, { readonly symbol: string; readonly module: string | undefined }>
> = {
  // drivers/char/ipmi/ipmi_watchdog.c (5.10, 6.12)
  'ipmi-watchdog': { symbol: 'ipmi_wdog_fops', module: 'ipmi_watchdog' },
  // drivers/watchdog/watchdog_dev.c: in the kernel proper or a module `watchdog`
  softdog: { symbol: 'watchdog_fops', module: undefined },
  'watchdog-pretimeout': { symbol: 'watchdog_fops', module: undefined },
};

export const watchdogFeeder = defineFact<Feeder | null>({
  id: 'watchdog-feeder',
  says: 'which task has the watchdog device open that fired',
  from: look,
});

function look(dump: Dump): Seen<Feeder | null> {
  const operations = OPERATIONS[seen(dump, trigger).value.detector];
  if (!operations) return { value: null, holes: [] };
  const at = dump.symbols.address(operations.symbol, operations.module);
  if (at === undefined)
    return {
      value: null,
      holes: [`${operations.symbol} is not known: who pats the watchdog neither`],
    };
  for (const task of allTasks(dump).tasks) {
    const { pid } = task;
    if (isFault(pid) || pid === 0 || task.isKernelThread === true) continue;
    const fd = descriptorOf(dump, task, at);
    if (fd !== undefined) return { value: { pid, fd }, holes: [] };
  }
  return {
    value: null,
    holes: ['no task has the watchdog device open, as far as files can be read'],
  };
}
