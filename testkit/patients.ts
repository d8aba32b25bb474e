// Real processes in a bad state, or a good one: test/slow/patient.c, compiled when first asked for.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const runs = (program: string, ...words: string[]): boolean =>
  spawnSync(program, words, { stdio: 'ignore' }).status === 0;

/** Whether one process may attach to another that it did not start: yama, or a container, may forbid it. */
function mayAttach(): boolean {
  const script = 'sleep 3 & timeout 0.3 strace -qq -o /dev/null -p $!; test $? = 124';
  return !runs('strace', '--version') || runs('sh', '-c', script);
}
const attaches = mayAttach();

export const has = {
  gcc: runs('gcc', '--version'),
  gdb: attaches && runs('gdb', '--version'),
  strace: attaches && runs('strace', '--version'),
  euStack: attaches && runs('eu-stack', '--version'),
  /** Whether a process can be put before all others, so that a loaded machine does not starve it. */
  realTime: runs('chrt', '-r', '1', 'true'),
  taskset: runs('taskset', '-c', '0', 'true'),
};

export interface Patient {
  readonly pid: number;
  readonly program: ChildProcess;
}

/** Where the patients of one file of tests are: files of tests share their modules. */
export class Ward {
  readonly folder = mkdtempSync(join(tmpdir(), 'inquest-slow-'));
  readonly #started: ChildProcess[] = [];
  #made: string | undefined;

  /**
   * @param before words in front of it: `nice -n 19`
   * @param name another than that of all patients
   * @param group the folder of a control group that it is started in
   */
  async patient(
    state: string,
    { file = '', before = [] as readonly string[], name = '', group = '' } = {},
  ): Promise<Patient> {
    const program = name ? join(this.folder, name) : this.#compiled();
    if (name && !existsSync(program)) symlinkSync(this.#compiled(), program);
    const enter = 'echo $$ >"$0"/cgroup.procs && exec "$@"';
    const inGroup = group ? ['sh', '-c', enter, group] : [];
    const [first = '', ...rest] = [...inGroup, ...before, program, state, ...(file ? [file] : [])];
    const child = spawn(first, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#started.push(child);
    const lines = createInterface(child.stdout);
    const pid = await new Promise<number>((resolve, reject) => {
      lines.once('line', (line) => resolve(Number(line)));
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`the patient ended: ${state}`)));
    });
    return { pid, program: child };
  }

  #compiled(): string {
    if (this.#made) return this.#made;
    const path = join(this.folder, 'patient');
    const words = ['-g', '-O0', '-pthread', '-o', path, 'test/slow/patient.c'];
    const { status, stderr } = spawnSync('gcc', words, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    this.#made = path;
    return path;
  }

  end(): void {
    for (const child of this.#started.splice(0)) child.kill('SIGKILL');
  }

  remove(): void {
    this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** In front of all others where that is allowed: a loaded machine does not starve it. */
export const urgent: readonly string[] = has.realTime ? ['chrt', '-r', '1'] : [];

/** `S`, `T`; undefined: it is not there. */
export function stateOf(pid: number): { state: string; tracer: number } | undefined {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  return {
    state: /^State:\s*(\S)/m.exec(text)?.[1] ?? '',
    tracer: Number(/^TracerPid:\s*(\d+)/m.exec(text)?.[1]),
  };
}
