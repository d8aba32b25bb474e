// What is said of threads that wait for each other, and what shows it.
import type { FutexWait } from '../../facts/futex-waits.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import type { Trigger } from '../../facts/trigger.ts';
import { type Blame, type Evidence, see, suspect } from '../kit/define.ts';
import {
  ageLine,
  asSuspect,
  count,
  join,
  literal,
  memberLine,
  nameOf,
  seconds,
} from '../kit/text.ts';
import { byHand, stoppedBy } from '../kit/trigger-words.ts';
import type { Suspect, SuspectObject } from '../kit/verdict.ts';
import type { Ring, Wait } from './waits.ts';

/** Of those who only wait behind the ring, evidence is shown of a few. */
const MOST_SHOWN = 4;

export function accusation(
  found: readonly Ring[],
  tasks: readonly TaskFact[],
  trigger: Trigger,
  asker: TaskFact | undefined,
): Blame {
  const ring = found.flatMap((one) => one.ring);
  const victims = found.flatMap((one) => one.victims);
  const stop = trigger.kind === 'sysrq' ? byHand(asker) : stoppedBy(trigger);
  const story = found.map((one) => tell(one, tasks)).join('; ');
  const isSure = ring.every((wait) => wait.isSure);
  const behind = victims.length > 0 ? `; ${count(victims.length, 'thread')} wait behind them` : '';
  return {
    says: 'blame',
    where: 'user',
    kind: 'deadlock',
    title: titleOf(found),
    confidence: isSure ? 'proven' : 'likely',
    headline: `${capital(story)}${behind}. ${stop}; the kernel has no part in it.`,
    because: `${ring.map(edge).join('; ')}${behind}`,
    suspects: [
      ...ring.map((wait) => culprit(wait, ring)),
      ...victims.map(victim),
      ...(trigger.kind === 'sysrq' && asker ? [askedFor(asker, trigger)] : []),
    ],
    evidence: [...ring, ...victims.slice(0, MOST_SHOWN)].flatMap(evidenceOf),
    next: [...new Set(ring.map(({ task }) => task.tgid))].map((tgid) => ({
      text: `See every thread of process ${tgid}; a debugger on its core file names the functions that took the locks.`,
      command: `ps -g ${tgid}`,
    })),
    doubts: isSure
      ? []
      : [
          'that these words are locks rests on their values alone: a program may use such a number for something else',
        ],
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function titleOf(found: readonly Ring[]): string {
  const [first] = found;
  const ring = first?.ring ?? [];
  if (found.length > 1) return `${found.length} rings of threads that wait for each other`;
  if (ring.length === 1) return 'a thread waits for a lock that it holds itself';
  const pattern = ring.length === 2 && ring.every(isLock) ? 'AB-BA: ' : '';
  return `${pattern}${count(ring.length, 'thread')} of ${programs(ring)} wait for each other`;
}

const programs = (ring: readonly Wait[]): string => {
  const processes = new Set(ring.map(({ task }) => task.tgid));
  return processes.size === 1 ? 'one program' : `${processes.size} programs`;
};

const isLock = ({ futex }: Wait): boolean => futex.kind === 'lock';

/** A clause a person who knows no kernel understands. */
function tell({ ring }: Ring, tasks: readonly TaskFact[]): string {
  const leader = tasks.find((task) => task.pid === ring[0]?.task.tgid);
  const name = leader ? nameOf(leader) : `process ${ring[0]?.task.tgid}`;
  const names = join(ring.map(({ task }) => nameOf(task)));
  const ages = ring.flatMap(({ ageNs }) => ageNs ?? []);
  const age = ages.length === ring.length ? `, for ${seconds(Math.min(...ages))} now` : '';
  if (ring.length === 1)
    return `thread ${names} of program ${name} waits for a lock that it holds itself${age}: it waits for ever`;
  const each = ring.length === 2 ? 'for each other' : 'in a ring, each for the next';
  const what = ring.every(isLock) ? ': each holds the lock that another one wants' : '';
  return `${count(ring.length, 'thread')} of program ${name} wait ${each}${age}: ${names}${what}. None of them can ever go on`;
}

/** `what it waits for` */
const thing = ({ futex }: Wait | { futex: FutexWait }): string =>
  futex.kind === 'end' ? 'the end' : `the lock at ${futex.address}`;

function edge(wait: Wait): string {
  const { task, owner, futex } = wait;
  const verb = futex.kind === 'end' ? 'of' : 'held by';
  const who = owner.pid === task.pid ? 'itself' : nameOf(owner);
  return `${nameOf(task)} waits for ${thing(wait)} ${verb} ${who}`;
}

const objectOf = ({ futex }: Wait): SuspectObject | undefined =>
  futex.kind === 'end'
    ? undefined
    : {
        type: futex.owner?.from === 'mutex' ? 'pthread_mutex_t' : 'futex',
        name: null,
        address: futex.address,
        module: null,
      };

const since = ({ futex, ageNs }: Wait): string =>
  ageNs === null || futex.sinceNs === null
    ? ''
    : `; asleep for ${seconds(ageNs)}, since ${(futex.sinceNs / 1e9).toFixed(2)} s of uptime`;

function culprit(wait: Wait, ring: readonly Wait[]): Suspect {
  const { task, futex } = wait;
  const held = ring.filter((other) => other.on === task.pid && isLock(other));
  const holds = [...new Set(held.map(thing))];
  const has = holds.length > 0 ? `holds ${join(holds)} and waits` : 'waits';
  const verb = futex.kind === 'end' ? 'of' : 'held by';
  const who = wait.on === task.pid ? 'itself' : nameOf(wait.owner);
  return suspect('culprit', `${has} for ${thing(wait)}, ${verb} ${who}${since(wait)}`, {
    task: asSuspect(task),
    cpu: task.cpu,
    object: objectOf(wait),
  });
}

const victim = (wait: Wait): Suspect =>
  suspect('victim', `${edge(wait).replace(/^.*? waits/, 'waits')}${since(wait)}`, {
    task: asSuspect(wait.task),
    cpu: wait.task.cpu,
    object: objectOf(wait),
  });

const askedFor = (task: TaskFact, { cpu }: Trigger): Suspect =>
  suspect('trigger', 'only asked for the dump, through /proc/sysrq-trigger', {
    task: asSuspect(task),
    cpu,
  });

/** A register as `bt` prints it. */
const register = (name: string, value: bigint): RegExp =>
  new RegExp(`\\b${name}: ${value.toString(16).padStart(16, '0')}\\b`);

function evidenceOf(wait: Wait): Evidence[] {
  const { task, futex, ageNs } = wait;
  const asleep =
    ageNs === null
      ? []
      : [
          see(
            `${nameOf(task)} has been asleep for ${seconds(ageNs)}`,
            `ps -m ${task.pid}`,
            ageLine(ageNs, task),
          ),
        ];
  return [
    ...asleep,
    see(
      `${nameOf(task)} is in the system call futex(${futex.address}, ${futex.operation}), without a limit`,
      `bt ${task.pid}`,
      register('RDI', BigInt(futex.address)),
      register('ORIG_RAX', 202n),
    ),
    ...ownerEvidence(wait),
  ];
}

function ownerEvidence({ task, owner, futex }: Wait): Evidence[] {
  const { address, physical } = futex;
  if (futex.kind === 'end')
    return [
      see(
        `the kernel clears that word when ${nameOf(owner)} ends: ${nameOf(task)} waits for its end`,
        `task -R clear_child_tid ${owner.pid}`,
        memberLine('clear_child_tid', address),
      ),
    ];
  if (futex.owner?.from === 'kernel')
    return [
      see(
        `${nameOf(task)} is blocked on the kernel's own lock behind that futex`,
        `task -R pi_blocked_on ${task.pid}`,
        /^\s*pi_blocked_on = 0x[0-9a-f]+/,
      ),
    ];
  if (physical === null || !futex.owner) return [];
  const at = BigInt(physical);
  const word = (n: number): string => n.toString(16).padStart(8, '0');
  const isMutex = futex.owner.from === 'mutex';
  const line = isMutex
    ? `[0-9a-f]{8} [0-9a-f]{8} ${word(futex.owner.tid)} [0-9a-f]{8}`
    : word(futex.value);
  return [
    see(
      `the lock at ${address} lies there in memory`,
      `vtop -c ${task.pid} ${address.slice(2)}`,
      new RegExp(`^\\s*${literal(address.slice(2))}\\s+${at.toString(16)}\\s*$`),
    ),
    see(
      isMutex
        ? `the lock says of itself: held and waited for (2), owner ${futex.owner.tid} (hexadecimal ${futex.owner.tid.toString(16)}): ${nameOf(owner)}`
        : `its word names thread ${futex.owner.tid} as its owner: ${nameOf(owner)}`,
      `rd -p -32 ${at.toString(16)} ${isMutex ? 4 : 1}`,
      new RegExp(`\\b${at.toString(16)}:\\s+${line}\\b`),
    ),
  ];
}
