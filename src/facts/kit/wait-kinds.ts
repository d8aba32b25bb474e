// What kind of thing a sleeper waits for: told by the functions between the scheduler and whoever wanted it.
import type { FrameFact } from './frames.ts';

export type WaitKind =
  | 'mutex'
  | 'rt_mutex'
  | 'rwsem'
  | 'percpu_rwsem'
  | 'semaphore'
  | 'completion'
  | 'io'
  | 'sleep'
  | 'other';

/** What every sleep passes through: kernel/sched/core.c (rt_mutex_schedule since 6.6), kernel/time/sleep_timeout.c (5.10 to 7.2). */
const SCHEDULER = /^(?:__|io_|rt_mutex_)?schedule(?:_\w+)?$|^preempt_schedule\w*$/;

/**
 * kernel/locking/{mutex,rwsem,percpu-rwsem,semaphore}.c, kernel/sched/completion.c, kernel/workqueue.c, mm/filemap.c, fs/buffer.c,
 * kernel/time/ (5.10 to 7.2): names without the compiler's suffixes.
 */
const KINDS: readonly (readonly [kind: WaitKind, functions: RegExp])[] = [
  ['mutex', /^(?:__)?(?:ww_)?mutex_lock(?:_\w+)?$/],
  ['rwsem', /^rwsem_down_(?:read|write)_slowpath$|^(?:__)?down_(?:read|write)(?:_\w+)?$/],
  // kernel/locking/{rtmutex,rtmutex_api,rwbase_rt,spinlock_rt}.c; with CONFIG_PREEMPT_RT all of these end there.
  [
    'rt_mutex',
    /^_*rt_mutex_(?:slow)?lock\w*$|^rtlock_slowlock\w*$|^rt_(?:spin|read|write)_lock\w*$|^_*rwbase_(?:read|write)_lock\w*$|^(?:__)?(?:ww_)?mutex_lock(?:_\w+)?$|^(?:__)?down_(?:read|write)(?:_\w+)?$/,
  ],
  ['percpu_rwsem', /^percpu_rwsem_wait$|^_*percpu_down_(?:read|write)\w*$/],
  ['semaphore', /^_{0,3}down(?:_common|_interruptible|_killable|_timeout)?$/],
  [
    'completion',
    /^(?:__|do_)?wait_for_common(?:_io)?$|^wait_for_completion(?:_\w+)?$|^__(?:flush|cancel)_work(?:_\w+)?$|^flush_work$/,
  ],
  [
    'io',
    /^(?:folio_wait_\w+|__folio_lock\w*|wait_on_page_\w+|__lock_page\w*|bit_wait_io|__wait_on_buffer|blk_\w+|submit_bio_wait)$/,
  ],
  ['sleep', /^(?:msleep\w*|do_nanosleep|usleep_range\w*)$/],
];

const PI_FUTEX = /^futex_(?:lock_pi|wait_requeue_pi)/;

export interface WaitPlace {
  readonly kind: WaitKind;
  /** The function that went to sleep; null: the stack does not say. */
  readonly waitsIn: FrameFact | null;
  /** Who called it: the function that wanted the lock. */
  readonly calledBy: FrameFact | null;
}

/** @param frames a sleeper's, innermost first */
export function placeOf(frames: readonly FrameFact[]): WaitPlace {
  const at = frames.findIndex(
    ({ function: name, isCertain }) => isCertain && name !== null && !SCHEDULER.test(name),
  );
  const waitsIn = frames[at];
  if (!waitsIn) return { kind: 'other', waitsIn: null, calledBy: null };
  const [kind, functions] = KINDS.find(([, f]) => f.test(waitsIn.function ?? '')) ?? [];
  // The rt_mutex behind a PI futex is the program's lock. kernel/futex/pi.c, requeue.c (kernel/futex.c in 5.10)
  if (frames.some(({ function: name }) => name !== null && PI_FUTEX.test(name)))
    return { kind: 'other', waitsIn, calledBy: frames[at + 1] ?? null };
  const isForIo = frames.slice(0, at).some(({ function: name }) => name?.startsWith('io_schedule'));
  const caller = frames.slice(at).find(({ function: name }) => !functions?.test(name ?? ''));
  return {
    kind: kind ?? (isForIo ? 'io' : 'other'),
    waitsIn,
    calledBy: (functions ? caller : frames[at + 1]) ?? null,
  };
}
