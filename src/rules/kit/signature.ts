// What makes a fault the same fault on another boot, build or kernel: its kind, what stopped the machine, and the
// functions, locks and programs to blame. No addresses, offsets, PIDs, times or counts.
import { createHash } from 'node:crypto';
import { baseName, type FrameFact, isUnasked } from '../../facts/kit/frames.ts';
import type { Machine } from '../../facts/machine.ts';
import type { Signature, Suspect, SuspectObject, Verdict } from './verdict.ts';

/** Another way of making it gets another number: signatures of both do not compare. */
const VERSION = 'v1';

/** Names that say how far a fault has been counted, not which it is: `kworker/0:1H`, `worker-12`. */
const plain = (comm: string): string => comm.replace(/\d+/g, 'N');

/** Objects whose name is one of many of their kind, not a variable of the code. */
const NAMED_INSTANCES = new Set(['gendisk', 'file_lock', 'net_device', 'super_block']);

const isBlamed = ({ role }: Suspect): boolean => role === 'culprit' || role === 'holder';

type Judged = Pick<Verdict, 'trigger' | 'verdict' | 'suspects' | 'rules'>;

export interface Circumstances {
  readonly machine: Machine;
  /** The panicking CPU's stack, innermost first. */
  readonly stack: readonly FrameFact[];
  /** Whether everything the verdict rests on could be read. */
  readonly isWhole: boolean;
}

export function signatureOf(judged: Judged, { machine, stack, isWhole }: Circumstances): Signature {
  const { trigger, verdict } = judged;
  const { kind, detector } = trigger;
  const field = verdict.where === 'none' ? verdict.kind : `${verdict.where}-${verdict.kind}`;
  const parts = [
    VERSION,
    machine.arch ?? 'unknown',
    field,
    detector === 'none' ? kind : detector,
    ...keyOf(judged, stack),
  ];
  const text = parts.map(word).join(':');
  return {
    text,
    family: hash(text),
    strict: hash(`${text}\n${machine.release}`),
    corrupt: !isWhole,
  };
}

/** A colon parts the fields. */
const word = (part: string): string => part.replace(/[\s:]+/g, '-');

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

function keyOf({ verdict, suspects, rules, trigger }: Judged, stack: readonly FrameFact[]) {
  const { kind, where, rule, title } = verdict;
  const blamed = suspects.filter(isBlamed);
  if (kind === 'crash') return [plain(title), crashedIn(blamed, stack)];
  if (kind === 'requested') return [rule ?? ''];
  if (kind === 'undecided') {
    const fired = rules.filter((tried) => tried.fired).map(({ id }) => id);
    // Where no rule found anything, who called panic() is all there is.
    const place = trigger.function === null ? '' : spell(trigger.function, trigger.module);
    return [set(fired), fired.length > 0 ? set(suspects.flatMap(partsInKernel)) : place];
  }
  const parts = where === 'user' ? blamed.flatMap(partsOfProgram) : blamed.flatMap(partsInKernel);
  // A disk says little: which code waits for it tells one slowness from another.
  const waiters =
    kind === 'slow' ? suspects.filter(({ role, function: f }) => f && role === 'waiter') : [];
  return [rule ?? '', set([...parts, ...waiters.flatMap(partsInKernel)])];
}

/** Each once, in an order that no ring's beginning decides. */
const set = (parts: readonly string[]): string => [...new Set(parts)].sort().join(',');

const spell = (name: string, module: string | null): string =>
  `${baseName(name)}${module === null ? '' : `[${module}]`}`;

const partsOfProgram = ({ task, object }: Suspect): string[] => [
  ...(task ? [plain(task.comm)] : []),
  ...(object ? [classOf(object)] : []),
];

function partsInKernel({ task, function: place, object }: Suspect): string[] {
  const where = place
    ? [`${spell(place.name, place.module)}${object ? `+${classOf(object)}` : ''}`]
    : [];
  if (where.length > 0) return where;
  return object ? [classOf(object)] : task ? [plain(task.comm)] : [];
}

/** `mutex.route_lock[driver]`: a variable by its name, what lies in allocated memory by its type. */
function classOf({ type, name, module }: SuspectObject): string {
  const bare = plain(type).replace(/^struct |_t$/g, '');
  if (name === null || NAMED_INSTANCES.has(type)) return bare;
  // Where in a variable it lies is the build's.
  return `${bare}.${name.replace(/\+0x[0-9a-f]+$/, '')}${module === null ? '' : `[${module}]`}`;
}

// --- Crashes: the function that faulted, and those above it ---

/**
 * Helpers in which another's mistake shows. lib/list_debug.c, lib/string.c, arch/x86/lib, mm/slub.c,
 * kernel/locking/spinlock.c, include/linux/refcount.h, lib/usercopy.c (5.10 to 7.2).
 */
const HELPERS =
  /^(?:__list_(?:add|del)\w*|list_(?:add|del)\w*|mem(?:cpy|move|set|cmp)\w*|__mem\w+|str\w+|k?v?m?alloc\w*|__kmalloc\w*|k?v?free\w*|kmem_cache_\w+|_raw_\w+|refcount_\w+|fortify_panic|__fortify_\w+|rep_movs\w*|rep_stos\w*|copy_(?:to|from)_user\w*|usercopy_abort|__stack_chk_fail)$/;

const MOST_ABOVE = 3;

/** `f[driver]<g[driver]`: what faulted and up to three callers. */
function crashedIn(blamed: readonly Suspect[], stack: readonly FrameFact[]): string {
  const culprit = blamed.find((suspect) => suspect.function)?.function;
  if (!culprit) return set(blamed.flatMap(partsInKernel));
  const at = stack.findIndex((f) => f.function === culprit.name && f.module === culprit.module);
  const frames = at < 0 ? [] : upToEntry(stack.slice(at + 1));
  const callers = frames.filter(({ function: name }) => name !== null && !HELPERS.test(name));
  // Through which functions of its own a kernel calls a module changes with every release.
  const end = callers.findIndex(({ module }) => module === null);
  const kept = culprit.module === null ? callers : callers.slice(0, end < 0 ? undefined : end);
  const names = kept
    .slice(0, MOST_ABOVE)
    .map(({ function: name, module }) => spell(name ?? '', module));
  // A function cut in two by the compiler (`f.cold`) stands there once, as one that was not cut does.
  const all = [spell(culprit.name, culprit.module), ...names];
  return all.filter((name, i) => name !== all[i - 1]).join('<');
}

/** What an interrupt broke in on has nothing to do with what it then did. */
function upToEntry(frames: readonly FrameFact[]): readonly FrameFact[] {
  const end = frames.findIndex(isUnasked);
  return end < 0 ? frames : frames.slice(0, end);
}
