// A tool that attaches to another process, held so that it ends whatever happens to us, and leaves nothing stopped.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';

/**
 * Runs a tool for at most so long. It is ended, so that it detaches, when standard input is closed: by us, or by the kernel
 * when we are killed. gdb and eu-stack attach with PTRACE_ATTACH, which sends SIGSTOP: where one of them had to be killed that signal
 * may be left behind, and only then, and only if the process was not stopped before, it is told to go on.
 * The guard outlives us: what the shell itself has to say ("Killed") it may not say to a pipe that nobody reads.
 * A session of its own: ^C on the terminal reaches us alone.
 */
const GUARD = `
pid=$1 limit=$2; shift 2
trap : HUP INT TERM PIPE
exec 3<&0 4>&2 2>/dev/null
if [ "$1" = gdb ]; then
  timeout --foreground -k 1 "$limit" "$@" <&3 2>&4
  status=$?
else
  timeout --foreground -k 1 "$limit" "$@" </dev/null 2>&4 &
  tool=$!
  { cat <&3 >/dev/null; kill -TERM $tool; } 2>/dev/null >/dev/null &
  wait $tool
  status=$?
fi
exec >/dev/null 4>&-
[ "$1" = strace ] || [ $status = 0 ] && exit $status
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  while read -r key state rest; do
    if [ "$key" = State: ] && [ "$state" = T ]; then kill -CONT "$pid"; exit $status; fi
  done < "/proc/$pid/status"
  sleep 0.1
done
exit $status
`;

export type ToolName = 'gdb' | 'eu-stack' | 'strace';

const found = new Map<string, boolean>();

export function isInstalled(tool: ToolName | 'timeout'): boolean {
  let isThere = found.get(tool);
  if (isThere === undefined) {
    isThere = spawnSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' }).status === 0;
    found.set(tool, isThere);
  }
  return isThere;
}

const MOST_COMPLAINTS = 20;
const GRACE_MS = 1500;

export interface GuardOptions {
  readonly pid: number;
  readonly limitSeconds: number;
  readonly signal: AbortSignal;
}

export class Guarded {
  readonly #program: ChildProcess;
  readonly lines: Interface;
  /** Of standard error: strace writes there. A file would not do: sockets, which Node.js makes, cannot be opened by name. */
  readonly errors: Interface;
  readonly complaints: string[] = [];
  readonly #ended: Promise<void>;
  readonly #stop = (): void => this.finish();
  readonly #signal: AbortSignal;

  constructor(
    tool: ToolName,
    words: readonly string[],
    { pid, limitSeconds, signal }: GuardOptions,
  ) {
    const all = ['-c', GUARD, 'guard', `${pid}`, `${limitSeconds}`, tool, ...words];
    this.#program = spawn('sh', all, {
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      // No questions to servers while a process is stopped, and messages in the language that is parsed.
      env: { ...process.env, DEBUGINFOD_URLS: '', LC_ALL: 'C' },
    });
    const { stdin, stdout, stderr } = this.#program;
    if (!stdin || !stdout || !stderr) throw new Error('pipes were asked for');
    stdin.on('error', () => {});
    this.#ended = new Promise((resolve) => {
      this.#program.on('close', () => resolve());
      this.#program.on('error', () => resolve());
    });
    this.errors = createInterface(stderr);
    this.errors.on('line', (line) => {
      if (this.complaints.length < MOST_COMPLAINTS) this.complaints.push(line);
    });
    this.lines = createInterface(stdout);
    this.#signal = signal;
    signal.addEventListener('abort', this.#stop);
    if (signal.aborted) this.finish();
  }

  write(text: string): void {
    this.#program.stdin?.write(text);
  }

  /** Tells it to end. */
  finish(): void {
    this.#program.stdin?.end();
  }

  /** Until it has ended, and what it may have left stopped goes on: where it does not end soon it is told more plainly. */
  async end(): Promise<void> {
    this.finish();
    const { pid } = this.#program;
    const late = setTimeout(() => {
      // The group of its own session: timeout(1) kills what does not end within a second.
      if (pid !== undefined) process.kill(-pid, 'SIGTERM');
    }, GRACE_MS);
    await this.#ended;
    clearTimeout(late);
    this.#signal.removeEventListener('abort', this.#stop);
  }

  get ended(): Promise<void> {
    return this.#ended;
  }
}
