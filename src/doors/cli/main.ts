// The command line: `inquest WAY DUMP… [options] [-- CMD …]`.
import { OpenError } from '../open.ts';
import { UsageError } from './arguments.ts';

const ways: Readonly<
  Record<string, () => Promise<{ run(words: readonly string[]): Promise<number> }>>
> = {
  why: () => import('./why.ts'),
  info: () => import('./info.ts'),
  run: () => import('./run.ts'),
  slim: () => import('./slim.ts'),
};

const HELP = `inquest: opens a Linux kernel crash dump from nothing but the dump

Usage:
  inquest why DUMP… [--json] [-v]           why the machine stopped, with evidence
  inquest info DUMP… [--json]               what this file is
  inquest run DUMP… [--json] -- CMD …       crash's commands, each one argument
  inquest slim DUMP… -o OUT [CMD …]         the smallest dump that still answers these

Options:
  --json     one JSON document instead of text
  --color W  auto, always or never; auto looks at the terminal and NO_COLOR
  -v         why: also each rule, and what it found
  --raw      the file is raw physical memory
  -h         this help

Several DUMPs are the parts of one split dump.

Examples:
  inquest why vmcore
  inquest info vmcore
  inquest run vmcore -- log mod
`;

/** Runs one command line and sets the exit status: 0 done, 1 a command failed, 2 usage or not a dump. */
export async function main(words: readonly string[]): Promise<void> {
  // A reader that has seen enough (`| head`) closes the pipe: that is an end, not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  process.once('SIGINT', () => process.exit(130));
  try {
    process.exitCode = await dispatch(words);
  } catch (error) {
    if (!(error instanceof OpenError) && !(error instanceof UsageError)) throw error;
    process.stderr.write(`inquest: ${error.message}\n`);
    process.exitCode = 2;
  }
}

async function dispatch(words: readonly string[]): Promise<number> {
  const [way, ...rest] = words;
  if (way === undefined || way === '-h' || way === '--help') {
    process.stdout.write(HELP);
    return way === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(ways, way) ? ways[way] : undefined;
  if (!load) throw new UsageError(`unknown way "${way}"; \`inquest -h\` shows them`);
  if (rest[0] === '-h' || rest[0] === '--help') {
    process.stdout.write(HELP);
    return 0;
  }
  return (await load()).run(rest);
}
