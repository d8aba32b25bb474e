// The IPMI watchdog's settings. drivers/char/ipmi/ipmi_watchdog.c (5.10, 6.12).
import { Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';

export const IPMI_WATCHDOG = 'ipmi_watchdog';

export interface IpmiWatchdog {
  /** Seconds without a pat after which the controller acts. */
  readonly timeoutSeconds: number;
  /** Seconds before that at which it warns; 0: never. */
  readonly pretimeoutSeconds: number;
  /** How it warns: `pre_none`, `pre_smi`, `pre_nmi`, `pre_int`. */
  readonly preaction: string | null;
  /** What the driver then does: `preop_none`, `preop_panic`, `preop_give_data`. */
  readonly preop: string | null;
  /** What the controller does in the end: `none`, `reset`, `power_cycle`, `power_off`. */
  readonly action: string | null;
  /** Whether a program has /dev/watchdog open. */
  readonly isOpen: boolean | null;
  /** Whether closing it does not stop the timer. */
  readonly nowayout: boolean | null;
}

/**
 * The driver's static variables, typed by hand: BTF describes no plain variables. [size in bytes, highest value].
 * `timeout` and `action` are names of others' variables too: always this module's.
 */
const variables = {
  timeout: [4, 6553],
  pretimeout: [4, 255],
  preaction_val: [1, 3],
  preop_val: [1, 2],
  action_val: [1, 3],
  ipmi_wdog_open: [1, 0xff],
  nowayout: [1, 1],
} as const satisfies Record<string, readonly [size: 1 | 4, highest: number]>;

/** WDOG_PRETIMEOUT_*, WDOG_PREOP_*, WDOG_TIMEOUT_* in the order of their values. */
const PREACTIONS = ['pre_none', 'pre_smi', 'pre_nmi', 'pre_int'];
const PREOPS = ['preop_none', 'preop_panic', 'preop_give_data'];
const ACTIONS = ['none', 'reset', 'power_cycle', 'power_off'];

/** @returns 'no-symbol' when the driver is not loaded, 'implausible' when its variables are not what they should be */
export function ipmiWatchdog(dump: Dump): IpmiWatchdog | Fault {
  const timeout = variable(dump, 'timeout');
  if (isFault(timeout)) return timeout;
  const pretimeout = variable(dump, 'pretimeout');
  if (isFault(pretimeout)) return pretimeout;
  const named = (name: keyof typeof variables, names: readonly string[]) => {
    const value = variable(dump, name);
    return isFault(value) ? null : (names[value] ?? null);
  };
  const flag = (name: keyof typeof variables, bit: number) => {
    const value = variable(dump, name);
    return isFault(value) ? null : (value & bit) !== 0;
  };
  return {
    timeoutSeconds: timeout,
    pretimeoutSeconds: pretimeout,
    preaction: named('preaction_val', PREACTIONS),
    preop: named('preop_val', PREOPS),
    action: named('action_val', ACTIONS),
    isOpen: flag('ipmi_wdog_open', 1), // bit 0 of an unsigned long: test_and_set_bit(0, …)
    nowayout: flag('nowayout', 1),
  };
}

function variable(dump: Dump, name: keyof typeof variables): number | Fault {
  const [size, highest] = variables[name];
  const symbol = dump.symbols.lookup(name, IPMI_WATCHDOG);
  if (!symbol) return new Fault('no-symbol', undefined, `${name} [${IPMI_WATCHDOG}]`);
  const { memory } = dump;
  const value = size === 1 ? memory.u8(symbol.address) : memory.u32(symbol.address);
  if (isFault(value)) return value;
  if ((symbol.size > 0 && symbol.size < size) || value > highest)
    return new Fault('implausible', symbol.address, `${name} [${IPMI_WATCHDOG}] is ${value}`);
  return value;
}
