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

/** Seconds since 1970 in the time zone of whoever looks, with its name: `Mon Nov 23 11:18:40 UTC 2026`. */
export function calendar(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `${seconds}`;
  const [weekday = '', month = ''] = date.toString().split(' ');
  const day = String(date.getDate()).padStart(2);
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${weekday} ${month} ${day} ${clock} ${zoneName(date)} ${date.getFullYear()}`;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** Which names of a zone are words differs with the region: `CET` in Britain, `EST` in America. */
const REGIONS = ['en-US', 'en-GB', 'en-AU', 'en-IN'];

const zoneFormats: Intl.DateTimeFormat[] = [];

/** `UTC`, `CET`; `+0545` where the zone has no short name. */
function zoneName(date: Date): string {
  for (const [i, region] of REGIONS.entries()) {
    zoneFormats[i] ??= new Intl.DateTimeFormat(region, { timeZoneName: 'short' });
    const part = zoneFormats[i].formatToParts(date).find((p) => p.type === 'timeZoneName');
    if (part && /^[A-Z]+$/.test(part.value)) return part.value;
  }
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
}
