// System calls with their durations through strace: attached for a bounded time and number of calls, then gone.
import { setTimeout as wait } from 'node:timers/promises';
import { textOf } from '../process/proc.ts';
import { stateOf } from '../process/stat.ts';
import { Guarded, isInstalled } from './guard.ts';

export interface TracedCall {
  readonly tid: number;
  readonly name: string;
  readonly fd: number | null;
  /** What strace says the descriptor is. */
  readonly path: string | null;
  /** As strace writes them, cut. */
  readonly arguments: string;
  /** Null: it had not returned when the trace ended. */
  readonly result: number | null;
  /** `EBADF`; null: it succeeded. */
  readonly error: string | null;
  readonly seconds: number;
}

export interface Trace {
  readonly calls: readonly TracedCall[];
  readonly seconds: number;
  /** The trace ended before its time: so many calls had been seen. */
  readonly isCut: boolean;
  /** Of the samples taken meanwhile, the share in which the thread stood still for strace; null: none was taken. */
  readonly stoodShare: number | null;
}

export interface TraceOptions {
  readonly seconds: number;
  /** The thread whose standing still is measured. */
  readonly tid: number;
  readonly signal: AbortSignal;
}

/** What a chatty program makes in a fraction of a second. */
const MOST_CALLS = 4000;
/** So many calls that took so long show what each takes: the trace need not last longer. */
const ENOUGH_SLOW = 6;
const SLOW_SECONDS = 0.2;
const LONGEST_LINE = 2000;
const SAMPLE_MS = 25;

export async function strace(pid: number, options: TraceOptions): Promise<Trace | { why: string }> {
  if (!isInstalled('strace')) return { why: 'strace is not installed' };
  if (!isInstalled('timeout'))
    return { why: 'without timeout(1), of coreutils, strace is not let near a process' };
  const { seconds, tid, signal } = options;
  // -e signal=none: signals are not calls. -s 0: nobody needs the data.
  const words = ['-f', '-T', '-ttt', '-y', '-q', '-s', '0', '-e', 'signal=none'];
  const tool = new Guarded('strace', [...words, '-p', `${pid}`], {
    pid,
    limitSeconds: seconds + 2,
    signal,
  });
  const parser = new StraceParser(pid);
  const over = new AbortController();
  const late = AbortSignal.any([signal, over.signal]);
  tool.errors.on('line', (line) => {
    parser.line(line.slice(0, LONGEST_LINE));
    const last = parser.calls.at(-1);
    if (last && last.seconds >= SLOW_SECONDS) slow++;
    if (parser.calls.length >= MOST_CALLS || slow >= ENOUGH_SLOW) over.abort();
  });
  void tool.ended.then(() => over.abort());
  const begin = performance.now();
  let slow = 0;
  let stood = 0;
  let samples = 0;
  while (performance.now() - begin < seconds * 1000 && !late.aborted) {
    await wait(SAMPLE_MS, null, { signal: late }).catch(() => {});
    const stat = textOf(`/proc/${pid}/task/${tid}/stat`);
    if (stat === undefined) continue;
    samples++;
    if (stateOf(stat) === 't') stood++;
  }
  const took = (performance.now() - begin) / 1000;
  await tool.end();
  signal.throwIfAborted();
  const calls = [...parser.calls, ...parser.unfinished(took)];
  if (calls.length === 0 && took < seconds / 2)
    return { why: tool.complaints[0] ?? 'strace ended at once' };
  return {
    calls,
    seconds: took,
    isCut: parser.calls.length >= MOST_CALLS,
    stoodShare: samples > 0 ? stood / samples : null,
  };
}

interface Begun {
  readonly text: string;
  readonly at: number;
}

/** Lines of `strace -f -T -ttt -y`. */
export class StraceParser {
  readonly calls: TracedCall[] = [];
  readonly #begun = new Map<number, Begun>();
  readonly #pid: number;
  #first: number | undefined;

  /** @param pid whose calls they are where strace, which then traces one thread only, leaves out the number */
  constructor(pid: number) {
    this.#pid = pid;
  }

  line(text: string): void {
    const [, pid, time, rest] = /^(?:\[pid\s+(\d+)\] )?(\d+\.\d+) (.*)$/.exec(text) ?? [];
    if (rest === undefined) return;
    const tid = Number(pid ?? this.#pid);
    const at = Number(time);
    this.#first ??= at;
    if (/^(\+\+\+|---)/.test(rest)) {
      this.#begun.delete(tid);
      return;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const begun = this.#begun.get(tid);
    const whole = resumed ? `${begun?.text ?? ''}${resumed[1]}` : rest;
    const unfinished = /^(.*?)\s*(?:<unfinished \.\.\.>|<detached \.\.\.>)$/.exec(whole);
    if (unfinished) {
      this.#begun.set(tid, { text: unfinished[1] ?? '', at: begun?.at ?? at });
      return;
    }
    this.#begun.delete(tid);
    const call = parseCall(tid, whole);
    if (call) this.calls.push(call);
  }

  /** Calls that had not returned when the trace ended. @param seconds how long it was */
  unfinished(seconds: number): TracedCall[] {
    const end = (this.#first ?? 0) + seconds;
    return [...this.#begun].map(([tid, { text, at }]) => ({
      ...headOf(text),
      tid,
      result: null,
      error: null,
      seconds: Math.max(0, end - at),
    }));
  }
}

/** `read(3<pipe:[17]>, "x", 1) = 1 <0.000012>`, `read(9, …) = -1 EBADF (Bad file descriptor) <0.000008>`. */
function parseCall(tid: number, text: string): TracedCall | undefined {
  const [, head = '', result, error, seconds] =
    /^(.*)\)\s+= (-?\d+|0x[0-9a-f]+|\?)[^\s]*(?: (E[A-Z0-9]+)\b.*?)?(?: \(.*\))? <(\d+\.\d+)>$/.exec(
      text,
    ) ?? [];
  if (seconds === undefined) return undefined;
  return {
    ...headOf(head),
    tid,
    result: result === '?' ? null : Number(result),
    error: error ?? null,
    seconds: Number(seconds),
  };
}

const SHOWN = 80;

function headOf(text: string): Pick<TracedCall, 'name' | 'fd' | 'path' | 'arguments'> {
  const open = text.indexOf('(');
  const name = open < 0 ? text : text.slice(0, open);
  const given = open < 0 ? '' : text.slice(open + 1);
  const [, fd, path] = /^(-?\d+)<((?:[^<>]|<[^<>]*>)*)>/.exec(given) ?? [];
  return {
    name: name.trim(),
    fd: fd === undefined ? null : Number(fd),
    path: path ?? null,
    arguments: given.length > SHOWN ? `${given.slice(0, SHOWN)}…` : given,
  };
}

/** Calls of one name on one descriptor. */
export interface CallGroup {
  readonly name: string;
  readonly fd: number | null;
  readonly path: string | null;
  readonly calls: readonly TracedCall[];
  readonly totalSeconds: number;
  readonly longest: TracedCall;
  /** What read and write calls moved. */
  readonly bytes: number;
  readonly errors: number;
}

/** Those that took most time first. */
export function grouped(calls: readonly TracedCall[]): CallGroup[] {
  const groups = new Map<string, TracedCall[]>();
  for (const call of calls) {
    const key = `${call.name} ${call.fd}`;
    const group = groups.get(key);
    if (group) group.push(call);
    else groups.set(key, [call]);
  }
  return [...groups.values()]
    .map((group) => {
      const longest = group.reduce((a, b) => (b.seconds > a.seconds ? b : a));
      return {
        name: longest.name,
        fd: longest.fd,
        path: longest.path,
        calls: group,
        totalSeconds: group.reduce((sum, { seconds }) => sum + seconds, 0),
        longest,
        bytes: MOVES.test(longest.name)
          ? group.reduce((sum, { result }) => sum + Math.max(0, result ?? 0), 0)
          : 0,
        errors: group.filter(({ error }) => error !== null).length,
      };
    })
    .sort((a, b) => b.totalSeconds - a.totalSeconds);
}

/** Calls whose result is a number of bytes. */
const MOVES =
  /^(p?(read|write)(v|v2|64)?|send(to|msg|file)?|recv(from|msg)?|splice|copy_file_range)$/;

/** As strace would write it, without the data. */
export const callText = ({ name, arguments: given, result, error, seconds }: TracedCall): string =>
  `${name}(${given}) = ${result ?? '?'}${error ? ` ${error}` : ''} <${seconds.toFixed(6)}>`;
