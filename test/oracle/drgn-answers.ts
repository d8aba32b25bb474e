// What drgn said about the full dumps, recorded: typed, for tests that compare field by field.
import { type AnsweredDump, recordedLines } from './answers.ts';

const lines = (dump: AnsweredDump, question: string): string[] =>
  recordedLines(dump, 'drgn', question);

/** A script that drgn gave up on has this as its last line. */
const isError = (line: string): boolean => /^[\w-]+: \w+Error: /.test(line);

/** Whether drgn stopped before its end: 7.2 at dump level 31 ends its task walk at the first absent page. */
export const drgnStopped = (dump: AnsweredDump, question: string): boolean =>
  lines(dump, question).some(isError);

interface DrgnTask {
  readonly pid: number;
  readonly task: string;
  readonly cpu: number;
  readonly comm: string;
}

export interface DrgnPs extends DrgnTask {
  readonly ppid: number;
  /** The letter of /proc/PID/stat. */
  readonly state: string;
  readonly isOnCpu: boolean;
}

export function drgnPs(dump: AnsweredDump): DrgnPs[] {
  const row = /^([> ]) +(\d+) +(\d+) +(\d+) +([0-9a-f]+) +(\S) {3}(.*)$/;
  return lines(dump, 'ps')
    .slice(1)
    .filter((line) => !isError(line))
    .map((line) => {
      const f = row.exec(line);
      if (!f) throw new Error(`${dump}: drgn ps: ${line}`);
      return {
        pid: Number(f[2]),
        ppid: Number(f[3]),
        cpu: Number(f[4]),
        task: `0x${f[5]}`,
        state: f[6] ?? '',
        comm: f[7] ?? '',
        isOnCpu: f[1] === '>',
      };
    });
}

const HEADER = /^PID: (\d+) +TASK: ([0-9a-f]+) +CPU: (\d+) +COMMAND: (.*)$/;

function header(line: string): DrgnTask | undefined {
  const f = HEADER.exec(line);
  if (!f) return undefined;
  return { pid: Number(f[1]), task: `0x${f[2]}`, cpu: Number(f[3]), comm: f[4] ?? '' };
}

export interface DrgnTimes extends DrgnTask {
  readonly startTimeNs: number;
  readonly utimeNs: number;
  readonly stimeNs: number;
  readonly sumExecRuntimeNs: number;
}

export function drgnPsTimes(dump: AnsweredDump): DrgnTimes[] {
  const times: DrgnTimes[] = [];
  let task: DrgnTask | undefined;
  for (const line of lines(dump, 'ps-t')) {
    task = header(line) ?? task;
    const f = /START: (\d+) ns +UTIME: (\d+) ns +STIME: (\d+) ns +SUM: (\d+) ns/.exec(line);
    if (!f || !task) continue;
    const [startTimeNs = 0, utimeNs = 0, stimeNs = 0, sumExecRuntimeNs = 0] = f
      .slice(1)
      .map(Number);
    times.push({ ...task, startTimeNs, utimeNs, stimeNs, sumExecRuntimeNs });
  }
  return times;
}

export interface DrgnFrame {
  readonly index: number;
  /** Without its offset; frames of inlined functions are frames here. */
  readonly function: string;
  /** `0x43a07b` alone: no function is known. */
  readonly file: string | undefined;
  readonly line: number | undefined;
}

export interface DrgnTrace extends DrgnTask {
  readonly frames: readonly DrgnFrame[];
  /** Why there are none. */
  readonly error: string | undefined;
}

export function drgnBacktraces(dump: AnsweredDump, question: 'bt-a' | 'foreach-bt'): DrgnTrace[] {
  const traces: (DrgnTask & { frames: DrgnFrame[]; error: string | undefined })[] = [];
  for (const line of lines(dump, question)) {
    const task = header(line);
    const last = traces.at(-1);
    if (task) traces.push({ ...task, frames: [], error: undefined });
    else if (last && line.startsWith('#')) last.frames.push(frame(line));
    else if (last && /^ {4}\w+Error/.test(line)) last.error = line.trim();
  }
  return traces;
}

function frame(line: string): DrgnFrame {
  const f = /^#(\d+) +([^\s+]+)(?:\+\S+)?(?: \((.*?):(\d+)(?::\d+)?\))?/.exec(line);
  if (!f) throw new Error(`no frame: ${line}`);
  return {
    index: Number(f[1]),
    function: f[2] ?? '',
    file: f[3],
    line: f[4] === undefined ? undefined : Number(f[4]),
  };
}

export interface DrgnModule {
  readonly address: string;
  readonly name: string;
  readonly state: number;
}

/** In the kernel's list order: newest first. */
export function drgnModules(dump: AnsweredDump): DrgnModule[] {
  return lines(dump, 'mod')
    .filter((line) => !isError(line))
    .map((line) => {
      const f = /^([0-9a-f]+) +(\S+) +state (\d+)$/.exec(line);
      if (!f) throw new Error(`${dump}: drgn mod: ${line}`);
      return { address: `0x${f[1]}`, name: f[2] ?? '', state: Number(f[3]) };
    });
}

export interface DrgnRunqueue {
  readonly cpu: number;
  readonly runqueue: string;
  readonly nrRunning: number;
  readonly currentPid: number;
  readonly currentTask: string;
  /** Tasks with on_rq = 1 on that CPU, in task order: all classes together, the current one too. */
  readonly queued: readonly {
    readonly prio: number;
    readonly pid: number;
    readonly task: string;
  }[];
}

export function drgnRunqueues(dump: AnsweredDump): DrgnRunqueue[] {
  const text = lines(dump, 'runq').filter((line) => !isError(line));
  const queued = text.flatMap((line) => {
    const f = /^ {2}CPU (\d+) PRIO (-?\d+) PID: (\d+) +TASK: ([0-9a-f]+)/.exec(line);
    return f
      ? [{ cpu: Number(f[1]), prio: Number(f[2]), pid: Number(f[3]), task: `0x${f[4]}` }]
      : [];
  });
  return text.flatMap((line, i) => {
    const f = /^CPU (\d+) RUNQUEUE: ([0-9a-f]+) nr_running (\d+)$/.exec(line);
    if (!f) return [];
    const current = /PID: (\d+) +TASK: ([0-9a-f]+)/.exec(text[i + 1] ?? '');
    return [
      {
        cpu: Number(f[1]),
        runqueue: `0x${f[2]}`,
        nrRunning: Number(f[3]),
        currentPid: Number(current?.[1]),
        currentTask: `0x${current?.[2]}`,
        queued: queued
          .filter((task) => task.cpu === Number(f[1]))
          .map(({ prio, pid, task }) => ({ prio, pid, task })),
      },
    ];
  });
}

export const drgnLog = (dump: AnsweredDump): string[] => lines(dump, 'log');

/** `sys`: name → value: release, version, machine, nodename, cpus, time, uptime, load, memory, tasks, crashed. */
export const drgnSys = (dump: AnsweredDump): Map<string, string> =>
  new Map(
    lines(dump, 'sys').map((line): [string, string] => [
      line.slice(0, 8).trim(),
      line.slice(8).trim(),
    ]),
  );
