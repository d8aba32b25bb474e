// What crash said about the full dumps, recorded: typed, for tests that compare field by field.
// testdata/answers/README.md tells how the recordings were made. drgn's: drgn-answers.ts.
import { readFileSync } from 'node:fs';

/** The dumps with recorded answers. */
export const answeredDumps = [
  'healthy',
  'kernel-abba',
  'mtd-slow',
  'null-deref',
  'rt-loop',
  'rt-loop-510',
  'soft-lockup',
  'user-deadlock',
] as const;
export type AnsweredDump = (typeof answeredDumps)[number];

export type Question = 'bt-a' | 'foreach-bt' | 'log' | 'mod' | 'ps' | 'ps-t' | 'runq' | 'sys';

/** crash 9.0.2 opens 7.2 only with --no_modules. */
const folderOf = (dump: AnsweredDump): string =>
  dump === 'soft-lockup' ? 'crash--no_modules' : 'crash';

/** A recorded file's lines, without the command in the first. */
export function recordedLines(dump: AnsweredDump, folder: string, question: string): string[] {
  const file = new URL(`../../testdata/answers/${dump}/${folder}/${question}.txt`, import.meta.url);
  const lines = readFileSync(file, 'utf8').split('\n').slice(1);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** crash's answer, without what it prints before it: warnings, and the table of `mod -s`. */
export function crashLines(dump: AnsweredDump, question: Question): string[] {
  const lines = recordedLines(dump, folderOf(dump), question);
  const starts = firstLine[question];
  const found = lines.findLastIndex((line) => starts.test(line));
  const first = question === 'mod' ? found : lines.findIndex((line) => starts.test(line));
  if (first < 0) throw new Error(`${dump}: no ${question} in crash's recorded answer`);
  return lines.slice(first);
}

/** The first line of an answer proper. Of `mod`'s the last: `mod -s` prints one, too. */
const firstLine: Readonly<Record<Question, RegExp>> = {
  'bt-a': /^PID: /,
  'foreach-bt': /^PID: /,
  log: /^\[ /,
  mod: /^ +MODULE +NAME|^mod: /,
  ps: /^ +PID +PPID/,
  'ps-t': /^PID: /,
  runq: /^CPU /,
  sys: /^ +KERNEL: /,
};

/** `0x` in front, as our JSON has addresses. */
const address = (digits: string | undefined): string =>
  `0x${(digits ?? '').replace(/^0+(?=.)/, '')}`;

/** `hh:mm:ss`, with days in front where there are any, in seconds. */
export function seconds(text: string): number {
  const found = /^(?:(\d+) days?, )?(\d+):(\d+):(\d+)$/.exec(text.trim());
  if (!found) throw new Error(`no duration: ${text}`);
  const [days = 0, hours = 0, minutes = 0, secs = 0] = found.slice(1).map((n) => Number(n ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + secs;
}

export interface CrashTaskHeader {
  readonly pid: number;
  readonly task: string;
  readonly cpu: number;
  readonly comm: string;
}

const HEADER = /^PID: (-?\d+) +TASK: ([0-9a-f]+) +CPU: (\d+) +COMMAND: "(.*)"$/;

function header(line: string): CrashTaskHeader | undefined {
  const found = HEADER.exec(line);
  if (!found) return undefined;
  const [, pid, task, cpu, comm = ''] = found;
  return { pid: Number(pid), task: address(task), cpu: Number(cpu), comm };
}

/** The header lines' tasks, each with the lines below it. */
function byTask(lines: readonly string[]): { head: CrashTaskHeader; body: string[] }[] {
  const tasks: { head: CrashTaskHeader; body: string[] }[] = [];
  for (const line of lines) {
    const head = header(line);
    if (head) tasks.push({ head, body: [] });
    else if (line !== '') tasks.at(-1)?.body.push(line);
  }
  return tasks;
}

export interface CrashPs extends CrashTaskHeader {
  readonly ppid: number;
  /** crash's two letters: RU IN UN ID … */
  readonly state: string;
  readonly memPercent: number;
  readonly vszKb: number;
  readonly rssKb: number;
  /** Printed as `[comm]`. */
  readonly isKernelThread: boolean;
  /** Marked `>`. */
  readonly isOnCpu: boolean;
}

export function crashPs(dump: AnsweredDump): CrashPs[] {
  const row =
    /^([> -]) +(\d+) +(\d+) +(\d+) +([0-9a-f]+) +([A-Z?]{2}) +([\d.]+) +(\d+) +(\d+) {2}(.*)$/;
  return crashLines(dump, 'ps')
    .slice(1)
    .map((line) => {
      const f = row.exec(line);
      if (!f) throw new Error(`${dump}: ps: ${line}`);
      const name = f[10] ?? '';
      const isKernelThread = name.startsWith('[') && name.endsWith(']');
      return {
        pid: Number(f[2]),
        ppid: Number(f[3]),
        cpu: Number(f[4]),
        task: address(f[5]),
        state: f[6] ?? '',
        memPercent: Number(f[7]),
        vszKb: Number(f[8]),
        rssKb: Number(f[9]),
        comm: isKernelThread ? name.slice(1, -1) : name,
        isKernelThread,
        isOnCpu: f[1] === '>',
      };
    });
}

export interface CrashTimes extends CrashTaskHeader {
  readonly runTimeSeconds: number;
  readonly startTimeNs: number;
  readonly utimeNs: number;
  readonly stimeNs: number;
}

export function crashPsTimes(dump: AnsweredDump): CrashTimes[] {
  return byTask(crashLines(dump, 'ps-t')).map(({ head, body }) => {
    const field = (name: string): string => {
      const line = body.find((l) => l.trimStart().startsWith(`${name}: `));
      if (!line) throw new Error(`${dump}: ps -t: no ${name} of ${head.pid}`);
      return line.slice(line.indexOf(': ') + 2);
    };
    return {
      ...head,
      runTimeSeconds: seconds(field('RUN TIME')),
      startTimeNs: Number(field('START TIME')),
      utimeNs: Number(field('UTIME')),
      stimeNs: Number(field('STIME')),
    };
  });
}

export interface CrashFrame {
  readonly index: number;
  readonly sp: string;
  readonly function: string;
  readonly pc: string;
  readonly module: string | undefined;
  /** Of the exception this frame's registers are printed for: `parcel_check+28`; as crash words it. */
  readonly exceptionRip: string | undefined;
  /** Register block below the frame: lower-case name → value. */
  readonly registers: Readonly<Record<string, string>> | undefined;
  /** `NMI exception`, `IRQ`, …: the stack that ends with this frame (`--- <IRQ stack> ---`). */
  readonly endsStack: string | undefined;
}

export interface CrashTrace extends CrashTaskHeader {
  readonly frames: readonly CrashFrame[];
  /** `(no stack)`, `(active)`, warnings: lines that are no frames. */
  readonly notes: readonly string[];
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };

export function crashBacktraces(dump: AnsweredDump, question: 'bt-a' | 'foreach-bt'): CrashTrace[] {
  return byTask(crashLines(dump, question)).map(({ head, body }) => ({ ...head, ...trace(body) }));
}

function trace(body: readonly string[]): Pick<CrashTrace, 'frames' | 'notes'> {
  const frames: Draft<CrashFrame>[] = [];
  const notes: string[] = [];
  for (const line of body) {
    const frame = /^ ?#(\d+) \[([0-9a-f]+)\] (\S+) at ([0-9a-f]+)(?: \[(.*)\])?$/.exec(line);
    const last = frames.at(-1);
    if (frame) {
      frames.push({
        index: Number(frame[1]),
        sp: address(frame[2]),
        function: frame[3] ?? '',
        pc: address(frame[4]),
        module: frame[5],
        exceptionRip: undefined,
        registers: undefined,
        endsStack: undefined,
      });
    } else if (!last || !frameDetail(last, line)) notes.push(line.trim());
  }
  return { frames, notes };
}

/** Lines below a frame; false when it is none that belongs to one. */
function frameDetail(frame: Draft<CrashFrame>, line: string): boolean {
  const rip = /^ +\[exception RIP: (.*)\]$/.exec(line);
  const stack = /^--- <(.*) stack> ---$/.exec(line);
  const registers = [...line.matchAll(/([A-Z_]+\d*): ([0-9a-f]+)/g)];
  if (rip) frame.exceptionRip = rip[1];
  else if (stack) frame.endsStack = stack[1];
  else if (/^ {4,}[A-Z]/.test(line) && registers.length > 0)
    frame.registers = {
      ...frame.registers,
      ...Object.fromEntries(registers.map(([, n = '', v]) => [n.toLowerCase(), address(v)])),
    };
  else return false;
  return true;
}

export interface CrashModule {
  /** Of its `struct module`. */
  readonly address: string;
  readonly name: string;
  readonly base: string;
  readonly size: number;
}

/** In crash's order: by base. Empty where it was run with --no_modules. */
export function crashModules(dump: AnsweredDump): CrashModule[] {
  return crashLines(dump, 'mod')
    .slice(1)
    .map((line) => {
      const f = /^([0-9a-f]+) +(\S+) +([0-9a-f]+) +(\d+) /.exec(line);
      if (!f) throw new Error(`${dump}: mod: ${line}`);
      return { address: address(f[1]), name: f[2] ?? '', base: address(f[3]), size: Number(f[4]) };
    });
}

export interface CrashQueued {
  readonly prio: number;
  readonly pid: number;
  readonly task: string;
  readonly comm: string;
}

export interface CrashRunqueue {
  readonly cpu: number;
  readonly runqueue: string;
  readonly current: Omit<CrashQueued, 'prio'> | undefined;
  /** In the printed order. */
  readonly rt: readonly CrashQueued[];
  readonly fair: readonly CrashQueued[];
}

export function crashRunqueues(dump: AnsweredDump): CrashRunqueue[] {
  const queues: (Draft<CrashRunqueue> & { rt: CrashQueued[]; fair: CrashQueued[] })[] = [];
  let into: CrashQueued[] | undefined;
  for (const line of crashLines(dump, 'runq')) {
    const cpu = /^CPU (\d+) RUNQUEUE: ([0-9a-f]+)/.exec(line);
    const task = /PID: (\d+) +TASK: ([0-9a-f]+) +COMMAND: "(.*)"/.exec(line);
    const prio = /^ +\[ *(\d+)\]/.exec(line);
    const queue = queues.at(-1);
    const of = task && { pid: Number(task[1]), task: address(task[2]), comm: task[3] ?? '' };
    if (cpu)
      queues.push({
        cpu: Number(cpu[1]),
        runqueue: address(cpu[2]),
        current: undefined,
        rt: [],
        fair: [],
      });
    else if (line.startsWith('  CURRENT:') && queue && of) queue.current = of;
    else if (line.startsWith('  RT PRIO_ARRAY:')) into = queue?.rt;
    else if (line.startsWith('  CFS RB_ROOT:')) into = queue?.fair;
    else if (prio && of) into?.push({ prio: Number(prio[1]), ...of });
  }
  return queues;
}

/** `sys`: label → value as printed, in order. */
export function crashSys(dump: AnsweredDump): Map<string, string> {
  return new Map(
    crashLines(dump, 'sys').map((line): [string, string] => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon).trim(), line.slice(colon + 2)];
    }),
  );
}
