// User stacks through gdb's machine interface: attached, asked, detached, nothing run that a program or a folder holds.
import { setTimeout as wait } from 'node:timers/promises';
import { numbersIn, textOf } from '../process/proc.ts';
import { stateOf } from '../process/stat.ts';
import type { NoStacks, UserFrame, UserStacks } from './frames.ts';
import { Guarded } from './guard.ts';
import { asList, asRecord, asText, type MiRecord, type MiValue, parseMi } from './mi.ts';

export interface StackOptions {
  /** Threads whose stacks are wanted. */
  readonly tids: readonly number[];
  /** How often: a loop shows itself only when looked at more than once. */
  readonly times: number;
  readonly signal: AbortSignal;
}

const MOST_FRAMES = 40;
const MOST_THREADS = 16;
/** All in all. */
const LIMIT_SECONDS = 25;
/** A process stands still no longer than this for one look. */
const PATIENCE_MS = 4000;
/** A large program's symbols; it does not stand still meanwhile. */
const SYMBOLS_MS = 10_000;
/** Where a look takes long, on a loaded machine, two have to do. */
const LEAST_TIMES = 2;
const LONG_MS = 600;
const BETWEEN_MS = 120;

const WORDS = [
  '--interpreter=mi3',
  // No files of the user's or of the folder's: they could run anything.
  '-nx',
  '-quiet',
  // Threads by their numbers in the kernel: the library of the program's own threads is not needed.
  ...['debuginfod enabled off', 'auto-load off', 'libthread-db-search-path', 'confirm off'].flatMap(
    (setting) => ['-iex', `set ${setting}`],
  ),
  ...['print elements 48', 'print frame-arguments scalars', 'height 0', 'width 0'].flatMap(
    (setting) => ['-iex', `set ${setting}`],
  ),
];

/** Attaching waits for every thread, and one that sleeps so that no signal wakes it never answers. */
export const hasUninterruptible = (pid: number): boolean =>
  numbersIn(`/proc/${pid}/task`).some((tid) => {
    const stat = textOf(`/proc/${pid}/task/${tid}/stat`);
    return stat !== undefined && stateOf(stat) === 'D';
  });

export async function gdbStacks(
  pid: number,
  options: StackOptions,
): Promise<UserStacks | NoStacks> {
  const gdb = new Gdb(pid, options.signal);
  const stacks = new Map<number, UserFrame[][]>();
  let stoppedMs = 0;
  try {
    // Read before the process stands still; where it cannot be, attaching reads it.
    await gdb.ask(`-file-exec-and-symbols /proc/${pid}/exe`, SYMBOLS_MS, true);
    for (let time = 0; time < options.times; time++) {
      if (time >= LEAST_TIMES && stoppedMs > LONG_MS) break;
      if (time > 0) await wait(BETWEEN_MS, null, { signal: options.signal });
      if (hasUninterruptible(pid)) {
        if (time > 0) break;
        return {
          why: 'a thread of it sleeps so that no signal wakes it, and a debugger would hang on it',
        };
      }
      const begin = performance.now();
      await gdb.attach(pid);
      await look(gdb, options.tids, stacks);
      stoppedMs += performance.now() - begin;
    }
  } catch (error) {
    if (options.signal.aborted) throw error;
    if (stacks.size === 0) return { why: `gdb: ${(error as Error).message}` };
  } finally {
    gdb.leave();
    await gdb.end();
  }
  return { tool: 'gdb', stacks, stoppedMs };
}

/** Each thread's stack as it stands, and away: all is asked at once, so that nobody waits for an answer meanwhile. */
async function look(
  gdb: Gdb,
  tids: readonly number[],
  stacks: Map<number, UserFrame[][]>,
): Promise<void> {
  const { threads } = await gdb.ask('-thread-info');
  const wanted = asList(threads)
    .map(asRecord)
    .map(({ id, 'target-id': target }) => ({
      id: asText(id),
      tid: Number(/(?:LWP|process|Thread) (\d+)\)?$/.exec(asText(target))?.[1]),
    }))
    .filter(({ id, tid }) => tids.includes(tid) && /^\d+$/.test(id))
    .slice(0, MOST_THREADS);
  const answers = wanted.map(({ id }) =>
    Promise.all([
      gdb.ask(`-stack-list-frames --thread ${id} 0 ${MOST_FRAMES}`),
      gdb.ask(`-stack-list-arguments --thread ${id} 2 0 ${MOST_FRAMES}`),
    ]),
  );
  const [, ...found] = await Promise.all([gdb.ask('-target-detach'), ...answers]);
  for (const [i, [{ stack }, given]] of found.entries()) {
    const tid = wanted[i]?.tid ?? 0;
    const frames = asList(stack).map((frame, k) => frameOf(frame, asList(given['stack-args'])[k]));
    stacks.set(tid, [...(stacks.get(tid) ?? []), frames]);
  }
}

function frameOf(frame: MiValue, given: MiValue | undefined): UserFrame {
  const { addr, func, file, line, from } = asRecord(frame);
  const words = asList(asRecord(given).args)
    .map(asRecord)
    .map(({ name, value }) => `${asText(name)}=${asText(value) || '…'}`);
  return {
    address: asText(addr),
    function: asText(func).replace(/^\?\?$/, '') || null,
    arguments: words.join(', '),
    file: asText(file) || null,
    line: asText(line) ? Number(asText(line)) : null,
    library: asText(from) || null,
  };
}

class Gdb {
  readonly #tool: Guarded;
  readonly #waiting = new Map<number, (record: MiRecord | undefined) => void>();
  #stopped: (() => void) | undefined;
  #token = 0;
  #isOver = false;

  constructor(pid: number, signal: AbortSignal) {
    this.#tool = new Guarded('gdb', WORDS, { pid, limitSeconds: LIMIT_SECONDS, signal });
    this.#tool.lines.on('line', (line) => this.#heard(parseMi(line)));
    void this.#tool.ended.then(() => {
      this.#isOver = true;
      for (const answer of this.#waiting.values()) answer(undefined);
    });
  }

  #heard(record: MiRecord | undefined): void {
    if (record?.sort === '*' && record.name === 'stopped') this.#stopped?.();
    if (record?.sort === '^' && record.token !== null) this.#waiting.get(record.token)?.(record);
  }

  async attach(pid: number): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      this.#stopped = resolve;
    });
    await this.ask(`-target-attach ${pid}`);
    // The answer comes before the threads stand.
    await within(stopped, PATIENCE_MS);
  }

  /** @param mayFail an error is no error, but no answer is */
  async ask(
    command: string,
    patienceMs = PATIENCE_MS,
    mayFail = false,
  ): Promise<Readonly<Record<string, MiValue>>> {
    if (this.#isOver) throw new Error('it ended');
    const token = ++this.#token;
    const answer = new Promise<MiRecord | undefined>((resolve) => {
      this.#waiting.set(token, resolve);
    });
    this.#tool.write(`${token}${command}\n`);
    const record = await within(answer, patienceMs);
    this.#waiting.delete(token);
    if (!record) throw new Error(this.#tool.complaints[0] ?? 'it ended');
    if (record.name === 'error' && !mayFail)
      throw new Error(asText(record.values.msg).split('\n')[0]);
    return record.values;
  }

  /** Whatever it is at. */
  leave(): void {
    if (!this.#isOver) this.#tool.write('-target-detach\n-gdb-exit\n');
  }

  end(): Promise<void> {
    return this.#tool.end();
  }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  const late = new AbortController();
  try {
    return await Promise.race([
      promise,
      wait(ms, null, { signal: late.signal }).then(() => {
        throw new Error(`no answer within ${ms / 1000} s`);
      }),
    ]);
  } finally {
    late.abort();
  }
}
