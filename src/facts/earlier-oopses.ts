// Oopses that the kernel went on after: all that is left of them is what the log tells, and a counter.
import { isFault } from '../bytes/fault.ts';
import { globalNumber } from '../kernel/globals.ts';
import { isOopsBeginning } from '../kernel/panic-message.ts';
import { kernelLog, type LogRecord } from '../kernel/printk.ts';
import type { Dump } from '../types/dump.ts';
import { defineFact, Holes, type Seen, seen } from './kit/define.ts';
import { baseName } from './kit/frames.ts';
import { trigger } from './trigger.ts';

export interface EarlierOops {
  /** What the log calls it; not escaped. */
  readonly text: string;
  readonly timestampNs: number;
  readonly cpu: number | null;
  readonly pid: number | null;
  /** Not escaped. */
  readonly comm: string | null;
  readonly function: string | null;
  readonly module: string | null;
  /** The symbol as the log has it. */
  readonly symbol: string | null;
}

export const earlierOopses = defineFact<readonly EarlierOops[]>({
  id: 'earlier-oopses',
  says: 'oopses that came before what stopped the machine, by the log',
  from: look,
});

function look(dump: Dump): Seen<readonly EarlierOops[]> {
  const holes = new Holes();
  const log = kernelLog(dump);
  const died = globalNumber(dump, 'die_counter');
  const isOops = seen(dump, trigger).value.kind === 'oops';
  // An oops that stopped the machine is counted, too.
  const earlier = isFault(died) ? Number.POSITIVE_INFINITY : died - (isOops ? 1 : 0);
  const told = isFault(log) ? [] : oopsesIn(log.records);
  const value = told.slice(0, Math.max(0, Math.min(earlier, told.length - (isOops ? 1 : 0))));
  if (!isFault(died) && earlier > value.length)
    holes.add(
      `the kernel counted ${died} oopses; of ${earlier - value.length} of them the log has nothing`,
    );
  return { value, holes: holes.list };
}

const PLACE =
  /^RIP: 0010:(?:\[<[0-9a-f]+>\] )?([\w.]+)\+0x[0-9a-f]+\/0x[0-9a-f]+(?: \[([\w-]+)\])?/;
const WHO =
  /^CPU: (\d+) (?:UID: \d+ )?PID: (\d+) Comm: (.*?) (?:Kdump: loaded )?(?:Not tainted|Tainted: )/;

/** The kernel's own records only: a program may write any text. */
export function oopsesIn(
  records: Iterable<Pick<LogRecord, 'text' | 'facility' | 'timestampNs'>>,
): EarlierOops[] {
  const found: EarlierOops[] = [];
  let open: EarlierOops | undefined;
  for (const { text, facility, timestampNs } of records) {
    if (facility !== 0 || !text) continue;
    const [line = ''] = text.split('\n');
    if (isOopsBeginning(line)) {
      // Two lines may head one oops: the first has said what it was.
      if (open && open.function === null) continue;
      if (open) found.push(open);
      open = { text: line, timestampNs, ...NOTHING };
      continue;
    }
    if (!open) continue;
    const who = open.pid === null ? line.match(WHO) : null;
    if (who) open = { ...open, cpu: Number(who[1]), pid: Number(who[2]), comm: who[3] ?? null };
    const place = open.function === null ? line.match(PLACE) : null;
    if (place?.[1])
      open = {
        ...open,
        function: baseName(place[1]),
        symbol: place[1],
        module: place[2] ?? null,
      };
  }
  return open ? [...found, open] : found;
}

const NOTHING = { cpu: null, pid: null, comm: null, function: null, module: null, symbol: null };
