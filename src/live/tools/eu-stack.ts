// User stacks through elfutils' eu-stack, where gdb is absent, or a debugger would hang on a thread beside the ones that matter.
import { setTimeout as wait } from 'node:timers/promises';
import { textOf } from '../process/proc.ts';
import { stateOf } from '../process/stat.ts';
import type { NoStacks, UserFrame, UserStacks } from './frames.ts';
import type { StackOptions } from './gdb.ts';
import { Guarded } from './guard.ts';

const LIMIT_SECONDS = 5;
const MOST_FRAMES = 40;
const BETWEEN_MS = 120;

/** One thread at a time: the others go on. */
export async function euStacks(pid: number, options: StackOptions): Promise<UserStacks | NoStacks> {
  const stacks = new Map<number, UserFrame[][]>();
  let stoppedMs = 0;
  let why = 'eu-stack said nothing';
  for (let time = 0; time < options.times; time++) {
    if (time > 0) await wait(BETWEEN_MS, null, { signal: options.signal });
    for (const tid of options.tids) {
      const stat = textOf(`/proc/${pid}/task/${tid}/stat`);
      if (stat === undefined || stateOf(stat) === 'D') continue;
      const begin = performance.now();
      const { lines, complaint } = await run(pid, tid, options.signal);
      stoppedMs += performance.now() - begin;
      const frames = parseEuStack(lines);
      if (frames.length > 0) stacks.set(tid, [...(stacks.get(tid) ?? []), frames]);
      else why = complaint ?? why;
    }
  }
  return stacks.size > 0 ? { tool: 'eu-stack', stacks, stoppedMs } : { why };
}

async function run(pid: number, tid: number, signal: AbortSignal) {
  const words = ['-1', '-s', '-m', '-n', `${MOST_FRAMES}`, '-p', `${tid}`];
  const tool = new Guarded('eu-stack', words, { pid, limitSeconds: LIMIT_SECONDS, signal });
  const lines: string[] = [];
  tool.lines.on('line', (line) => lines.push(line));
  await tool.ended;
  await tool.end();
  signal.throwIfAborted();
  return { lines, complaint: tool.complaints[0] };
}

/** `#0  0x00007f… read - /usr/lib/libc.so.6`, then its place: `    /build/io.c:12:3`. */
export function parseEuStack(lines: readonly string[]): UserFrame[] {
  const frames: UserFrame[] = [];
  for (const line of lines) {
    const [, address, name, library] =
      /^#\d+\s+(0x[0-9a-f]+)(?: - \d)?(?:\s+(.*?))?(?: - (\/.*))?$/.exec(line) ?? [];
    if (address) {
      frames.push({
        address,
        function: name && name !== '-' ? name : null,
        arguments: '',
        file: null,
        line: null,
        library: library ?? null,
      });
      continue;
    }
    const [, file, row] = /^\s+(\S.*?):(\d+)(?::\d+)?$/.exec(line) ?? [];
    const last = frames.at(-1);
    if (file && last) frames[frames.length - 1] = { ...last, file, line: Number(row) };
  }
  return frames;
}
