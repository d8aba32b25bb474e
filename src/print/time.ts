// Times as text, as crash prints them.

/** `2 days, 01:00:02`, or without days `01:00:02`; fractions are cut off. */
export function duration(seconds: number): string {
  const total = Math.max(0, Math.floor(seconds));
  const days = Math.floor(total / 86_400);
  const clock = [Math.floor(total / 3600) % 24, Math.floor(total / 60) % 60, total % 60].map(two);
  return `${days > 0 ? `${days} days, ` : ''}${clock.join(':')}`;
}

/** `0 00:00:03.215`: days, hours, minutes, seconds and milliseconds of a time in nanoseconds. */
export function preciseDuration(ns: number): string {
  const ms = Math.max(0, Math.floor(ns / 1e6));
  const days = Math.floor(ms / 86_400_000);
  const rest = duration((ms % 86_400_000) / 1000);
  return `${days} ${rest}.${String(ms % 1000).padStart(3, '0')}`;
}

/**
 * Seconds since 1970 as `date` has them: `Mon Nov 23 11:18:40 UTC 2026`.
 *
 * @param timeZone an IANA name; that of whoever looks when left out
 */
export function calendar(seconds: number, timeZone?: string): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `${seconds}`;
  if (timeZone === undefined && isUtc(date)) return utc(date);
  const parts = partsOf(date, 0, timeZone);
  const day = (parts.day ?? '').padStart(2);
  const clock = `${parts.hour}:${parts.minute}:${parts.second}`;
  return `${parts.weekday} ${parts.month} ${day} ${clock} ${zoneName(date, timeZone)} ${parts.year}`;
}

/** Whether the local zone is UTC: then no names are needed, whose tables take 30 ms to load. */
const isUtc = (date: Date): boolean =>
  date.getTimezoneOffset() === 0 && date.toString().endsWith('(Coordinated Universal Time)');

/** From `Mon, 23 Nov 2026 11:18:40 GMT`. */
function utc(date: Date): string {
  const [weekday = '', day = '', month = '', year = '', clock = ''] = date
    .toUTCString()
    .split(/,? /);
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${clock} UTC ${Number(year)}`;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** Which names of a zone are words differs with the region: `EST` in America, `CET` in Britain. */
const REGIONS = ['en-US', 'en-GB', 'en-AU', 'en-IN'];

/** `UTC`, `CET`; `+0545` where the zone has no short name. */
function zoneName(date: Date, timeZone: string | undefined): string {
  let offset = '';
  for (const region of REGIONS.keys()) {
    const name = partsOf(date, region, timeZone).timeZoneName ?? '';
    if (/^[A-Z]+$/.test(name)) return name;
    offset ||= name;
  }
  const [, sign = '+', hours = '0', minutes = '0'] = /([+-])(\d+)(?::(\d+))?$/.exec(offset) ?? [];
  return sign + two(Number(hours)) + two(Number(minutes));
}

const formats = new Map<string, Intl.DateTimeFormat>();

function partsOf(
  date: Date,
  region: number,
  timeZone: string | undefined,
): Partial<Record<Intl.DateTimeFormatPartTypes, string>> {
  const key = `${region} ${timeZone}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(REGIONS[region], { ...FIELDS, ...(timeZone && { timeZone }) });
    formats.set(key, format);
  }
  return Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
}

const FIELDS: Intl.DateTimeFormatOptions = {
  weekday: 'short',
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
};
