// The watchdog's arithmetic: when it was last patted, and whether the daemon's silence is what it saw.
import type { TaskFact } from '../../facts/tasks.ts';
import { type Evidence, see } from '../kit/define.ts';
import { ageLine, nameOf } from '../kit/text.ts';
import type { Facts, Hog } from './hog.ts';

/** The watchdog counts in seconds, and its message takes a moment to arrive. */
const SLACK_SECONDS = 2;

export interface Arithmetic {
  /** The numbers agree: the daemon's silence is what the watchdog saw. */
  readonly fits: boolean;
  readonly text: string;
  readonly evidence: readonly Evidence[];
}

/**
 * The controller signals `timeout − pretimeout` after the last pat. Nothing records the pat; the daemon's last run is
 * the latest moment it can have been.
 */
export function explainTrigger(
  { trigger }: Facts,
  feeder: TaskFact | undefined,
  nowNs: number,
  hogs: readonly Hog[],
): Arithmetic | undefined {
  const { timeout, pretimeout } = trigger.parameters;
  if (trigger.detector !== 'ipmi-watchdog') return undefined;
  if (typeof timeout !== 'number' || typeof pretimeout !== 'number') return undefined;
  const due = timeout - pretimeout;
  const rule = `the watchdog warns ${due} s after the last pat (timeout ${timeout} s, pre-timeout ${pretimeout} s before it)`;
  if (!feeder || feeder.lastArrivalNs === null) return { fits: false, text: rule, evidence: [] };
  const silent = (nowNs - feeder.lastArrivalNs) / 1e9;
  const isVictim = hogs.some((hog) => hog.starved.includes(feeder));
  const fits = isVictim && Math.abs(silent - due) <= SLACK_SECONDS;
  const last = (nowNs / 1e9 - due).toFixed(1);
  const text = `${rule}: the last pat was at about ${last} s of uptime; ${nameOf(feeder)}, which has the device open, last ran ${silent.toFixed(2)} s before the panic`;
  return {
    fits,
    text,
    evidence: [see(text, `ps -m ${feeder.pid}`, ageLine(nowNs - feeder.lastArrivalNs, feeder))],
  };
}
