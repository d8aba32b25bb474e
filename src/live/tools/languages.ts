// Programs that an interpreter runs: its own frames say little, and another tool shows the program's.
import { linkOf } from '../process/proc.ts';

const tools: readonly (readonly [program: RegExp, command: string])[] = [
  [/^(python|pypy)/, 'py-spy dump --pid'],
  [/^ruby/, 'rbspy snapshot --pid'],
  [/^java$/, 'jstack'],
  [/^php/, 'phpspy -p'],
];

/** What shows the program's own stack; undefined: no interpreter, or none that such a tool is known for. */
export function languageStack(pid: number): string | undefined {
  const path = linkOf(`/proc/${pid}/exe`) ?? '';
  const name = path.slice(path.lastIndexOf('/') + 1);
  const command = tools.find(([program]) => program.test(name))?.[1];
  return command && `${command} ${pid}`;
}
