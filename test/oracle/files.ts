// crash's recorded `foreach files` and `ps -m`.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const read = (dump: string, name: string): Buffer =>
  readFileSync(new URL(`../../testdata/answers/${dump}/crash/${name}`, import.meta.url));

export interface CrashOpenFile {
  readonly pid: number;
  readonly comm: string;
  readonly fd: number;
  /** `0x…`, as all addresses here. */
  readonly file: string;
  readonly inode: string;
  readonly path: string;
}

/** Every descriptor of every task. */
export function crashFiles(dump: 'healthy' | 'rt-loop' | 'user-deadlock'): CrashOpenFile[] {
  const files: CrashOpenFile[] = [];
  let task = { pid: -1, comm: '' };
  for (const line of read(dump, 'foreach-files.txt').toString().split('\n')) {
    const head = /^PID: (\d+) .* COMMAND: "(.*)"$/.exec(line);
    if (head) task = { pid: Number(head[1]), comm: head[2] ?? '' };
    const row = /^ *(\d+) ([0-9a-f]{16}) [0-9a-f]{16} ([0-9a-f]{16}) \w+ +(.*)$/.exec(line);
    if (!row) continue;
    const [, fd, file, inode, path = ''] = row;
    files.push({ ...task, fd: Number(fd), file: `0x${file}`, inode: `0x${inode}`, path });
  }
  return files;
}

export interface CrashLastRun {
  readonly pid: number;
  readonly comm: string;
  readonly state: string;
  readonly cpu: number;
  /** By the clock of the task's CPU, which stands still while that idles. */
  readonly agoSeconds: number;
}

/** `ps -m`: the task that ran last comes first. */
export function crashLastRun(dump: 'healthy' | 'rt-loop' | 'null-deref'): CrashLastRun[] {
  const [, answer = ''] =
    /# crash: ps -m\n(.*?)(?:\n# crash: |$)/s.exec(
      gunzipSync(read(dump, 'ps-options.txt.gz')).toString(),
    ) ?? [];
  return answer.split('\n').flatMap((line) => {
    const row =
      /^\[ *(\d+) (\d\d):(\d\d):(\d\d\.\d+)\] \[(\w\w)\] {2}PID: (\d+) .* CPU: (\d+) +COMMAND: "(.*)"$/.exec(
        line,
      );
    if (!row) return [];
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = row.slice(1, 5).map(Number);
    const agoSeconds = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
    const [state = '', pid, cpu, comm = ''] = row.slice(5);
    return [{ pid: Number(pid), comm, state, cpu: Number(cpu), agoSeconds }];
  });
}
