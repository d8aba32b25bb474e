// The calendar and how long the machine is up. kernel/time/timekeeping.c
import { Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { globalWord, timekeeper } from './globals.ts';

const timekeeperShape = shape('timekeeper', {
  xtimeSec: ['xtime_sec'],
  xtimeNsec: ['tkr_mono.xtime_nsec'],
  shift: ['tkr_mono.shift'],
  toMonotonicSec: ['wall_to_monotonic.tv_sec'],
  toMonotonicNsec: ['wall_to_monotonic.tv_nsec'],
  offsBoot: ['offs_boot'],
});
class Timekeeper extends View<keyof typeof timekeeperShape.fields> {
  protected readonly shape = timekeeperShape;
}

/** The kernel's clocks. */
export interface KernelTime {
  /** Whole seconds since 1970, at the timekeeper's last update: at most a tick before the end. */
  readonly dateSeconds: number;
  /** Since boot, suspend included, at the same moment. */
  readonly uptimeNs: number;
}

/** What the timekeeper said last. */
export function kernelTime(dump: Dump): KernelTime | Fault {
  const at = timekeeper(dump);
  if (isFault(at)) return at;
  const keeper = new Timekeeper(dump, at);
  const dateSeconds = keeper.number('xtimeSec');
  const fraction = keeper.word('xtimeNsec');
  const shift = keeper.number('shift');
  const toSec = keeper.number('toMonotonicSec');
  const toNsec = keeper.number('toMonotonicNsec');
  const offsBoot = keeper.number('offsBoot');
  for (const part of [dateSeconds, fraction, shift, toSec, toNsec, offsBoot])
    if (isFault(part)) return part;
  const nsec = Number((fraction as bigint) >> BigInt((shift as number) & 63));
  const seconds = (dateSeconds as number) + (toSec as number);
  return {
    dateSeconds: dateSeconds as number,
    uptimeNs: seconds * 1e9 + nsec + (toNsec as number) + (offsBoot as number),
  };
}

const clocksourceShape = shape('clocksource', { mult: ['mult'], shift: ['shift'] });
class Clocksource extends View<keyof typeof clocksourceShape.fields> {
  protected readonly shape = clocksourceShape;
}

/**
 * CONFIG_HZ: the clock source that counts jiffies has TICK_NSEC as its multiplier. kernel/time/jiffies.c
 * (5.10 to 7.2).
 */
export function ticksPerSecond(dump: Dump): number | Fault {
  const at = dump.symbol('clocksource_jiffies');
  if (isFault(at)) return at;
  const source = new Clocksource(dump, at);
  const mult = source.number('mult');
  const shift = source.number('shift');
  if (isFault(mult)) return mult;
  if (isFault(shift)) return shift;
  const hz = Math.round(1e9 / (mult / 2 ** shift));
  // CONFIG_HZ is 100 to 1000 (kernel/Kconfig.hz, 6.12).
  return hz >= 10 && hz <= 10_000 ? hz : new Fault('implausible', at, `CONFIG_HZ ${hz}`);
}

/**
 * Whole seconds that the timer interrupt has counted since boot: less than the uptime by what passed before the
 * first one. jiffies begin five minutes before their 32-bit wrap: INITIAL_JIFFIES, include/linux/jiffies.h.
 */
export function jiffiesSeconds(dump: Dump): number | Fault {
  const jiffies = globalWord(dump, 'jiffies_64');
  const hz = ticksPerSecond(dump);
  if (isFault(jiffies)) return jiffies;
  if (isFault(hz)) return hz;
  const ticks = jiffies - BigInt(2 ** 32 - 300 * hz);
  return Math.floor(Number(ticks) / hz);
}

/**
 * When it booted, seconds since 1970, as crash reckons: the date less what the timer has counted. Later than the
 * truth by what passed before the first timer interrupt: up to a second.
 */
export function bootSeconds(dump: Dump): number | Fault {
  const now = kernelTime(dump);
  const counted = jiffiesSeconds(dump);
  if (isFault(now)) return now;
  return isFault(counted) ? counted : now.dateSeconds - counted;
}
