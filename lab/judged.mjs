// One verdict against the truth of its dump.

const BLAMED = ['culprit', 'holder'];

/** A function as its source calls it: gcc puts `.isra.0` and the like behind what it has cut to measure. */
const plainName = (symbol) => symbol?.replace(/\.(isra|constprop|part|cold)\b.*$/, '');

const matches = (suspect, { pid, comm, function: name, module, alsoFunctions = [] }) => {
  if (pid !== undefined && String(suspect.task?.pid) !== String(pid)) return false;
  if (comm !== undefined && suspect.task?.comm !== comm.slice(0, 15)) return false;
  if (name !== undefined && ![name, ...alsoFunctions].includes(plainName(suspect.function?.name)))
    return false;
  if (module !== undefined && suspect.function?.module !== module) return false;
  return true;
};

const shown = ({ pid, comm, function: name, module }) =>
  [comm, pid && `pid ${pid}`, name, module && `[${module}]`].filter(Boolean).join(' ');

const named = ({ task, function: f, object }) =>
  [task?.comm, f?.name, object?.name].filter(Boolean).join(' in ') || 'somebody';

const isOne = (value, wanted) => wanted === undefined || [wanted].flat().includes(value);

/** What the guest wrote down (its /proc/uptime) may come so many seconds before what it speaks of, or so few after. */
export const LATE = 5;
const EARLY = 2;

/** The moments since which, by the verdict, those it blames have been at it: seconds of uptime, the earliest first. */
function sinces({ suspects }) {
  const of = ({ role, why }) =>
    BLAMED.includes(role)
      ? [...why.matchAll(/since (?:between )?([\d.]+) s of uptime/g)].map(([, at]) => Number(at))
      : [];
  return suspects.flatMap(of).sort((a, b) => a - b);
}

/**
 * The guest's times against the verdict's, both in seconds of uptime: when the dump was asked for, within LATE; since when, not
 * before it began. What follows from what the scenario starts may come any time later.
 */
function timesOf({ times }, answer) {
  const at = (name) => (times?.[name] === undefined ? Number.NaN : Number(times[name]));
  const { uptimeSeconds } = answer.trigger;
  const rows = [];
  if (!Number.isNaN(at('dump')) && uptimeSeconds !== null) {
    const off = uptimeSeconds - at('dump');
    rows.push({
      name: 'dump',
      guest: at('dump'),
      said: uptimeSeconds,
      fits: off > -EARLY && off < LATE,
    });
  }
  const [since] = sinces(answer);
  if (!Number.isNaN(at('begins')) && since !== undefined)
    rows.push({
      name: 'begins',
      guest: at('begins'),
      said: since,
      fits: since > at('begins') - EARLY,
    });
  return rows;
}

/**
 * The mark of a verdict (`right`, `partly`, `silent`, `wrong`), what it said in one line, what is amiss, and its times.
 * @param truth  truth.json: `verdict` (and `also`: other verdicts that are no less true), `trigger`, `culprits`, `innocent`, `times`
 * @param answer what `why --json` printed, or `{error}`
 */
export function judged(truth, answer) {
  if (answer.error !== undefined)
    return { mark: 'wrong', said: 'no verdict', reasons: [answer.error], times: [] };
  const { verdict, trigger, suspects, headline } = answer;
  const said = `${verdict.where} ${verdict.kind}, ${verdict.confidence} (${verdict.rule}): ${headline}`;
  const blamed = suspects.filter(({ role }) => BLAMED.includes(role));
  const wrong = [];
  const amiss = [];

  const allowed = [truth.verdict, ...(truth.also ?? [])];
  if (!allowed.some((v) => isOne(verdict.where, v.where) && isOne(verdict.kind, v.kind)))
    wrong.push(`it was ${truth.verdict.where} ${truth.verdict.kind}`);
  for (const comm of truth.innocent ?? []) {
    if (blamed.some(({ task }) => task?.comm === comm.slice(0, 15)))
      wrong.push(`${comm} is innocent`);
  }
  if (verdict.kind === 'requested' && !isOne('requested', truth.verdict.kind))
    wrong.push('it says nothing was wrong');

  for (const culprit of truth.culprits ?? [])
    if (!blamed.some((suspect) => matches(suspect, culprit)))
      amiss.push(`does not blame ${shown(culprit)}`);
  const others = blamed.filter(
    (suspect) =>
      suspect.role === 'culprit' && !truth.culprits?.some((one) => matches(suspect, one)),
  );
  if (truth.culprits?.length > 0 && others.length > 0)
    amiss.push(`blames ${others.map(named).join(', ')} too`);
  for (const address of truth.objects ?? [])
    if (!JSON.stringify(answer).toLowerCase().includes(address.replace(/^0x/, '').toLowerCase()))
      amiss.push(`does not show the object at ${address}`);
  for (const part of ['kind', 'detector', 'function'])
    if (!isOne(trigger[part], truth.trigger?.[part]))
      amiss.push(`trigger ${part}: ${trigger[part]}, not ${truth.trigger[part]}`);

  const times = timesOf(truth, answer);
  for (const { name, guest, said: own, fits } of times)
    if (!fits) amiss.push(`time of ${name}: ${own} s, where the guest said ${guest} s`);

  const silent = verdict.kind === 'undecided' && !isOne('undecided', truth.verdict.kind);
  const mark = silent
    ? 'silent'
    : wrong.length > 0
      ? 'wrong'
      : amiss.length > 0
        ? 'partly'
        : 'right';
  return { mark, said, reasons: [...wrong, ...amiss], times };
}
