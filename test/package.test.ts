// The package as `npm pack` makes it, installed in an empty folder elsewhere: its program, its library from plain
// JavaScript, and its types.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as library from '../src/doors/library.ts';

const modules = resolve('node_modules');
const dump = resolve('testdata/dumps/rt-loop/vmcore');
let app: string;

function done(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  return stdout;
}
const write = (name: string, text: string): void => writeFileSync(join(app, name), text);

beforeAll(() => {
  app = mkdtempSync(join(tmpdir(), 'inquest-app-'));
  done('node', ['scripts/declarations.mjs'], '.');
  // The program itself is built before the tests.
  done('npm', ['pack', '--ignore-scripts', '--pack-destination', app], '.');
  write('package.json', '{ "name": "app", "private": true, "type": "module" }');
  // What it depends on comes from here: tests ask no network.
  const { dependencies: named } = JSON.parse(readFileSync('package.json', 'utf8'));
  const dependencies = Object.keys(named).map((name) => join(modules, name));
  const quiet = ['--offline', '--install-links', '--ignore-scripts', '--no-audit', '--no-fund'];
  done('npm', ['install', ...quiet, './inquest-0.1.0.tgz', ...dependencies], app);
}, 180_000);
afterAll(() => rmSync(app, { recursive: true, force: true }));

test('the program runs', () => {
  const program = join(app, 'node_modules/.bin/inquest');
  expect(done(program, ['run', dump, '--', 'sys'], app)).toContain('PANIC: "Kernel panic');
});

test('plain JavaScript: its examples, copied out of it', () => {
  for (const name of ['sleepers.mjs', 'inode.mjs', 'stacks-csv.mjs'])
    cpSync(join(app, 'node_modules/inquest/examples', name), join(app, name));
  expect(done('node', ['sleepers.mjs', dump, '3'], app).split('\n')).toHaveLength(4);
  expect(done('node', ['inode.mjs', dump, '0'], app)).toBe('');
  expect(done('node', ['stacks-csv.mjs', dump], app)).toMatch(/^pid,comm,.*\n(?:.*\n){200}/);
});

test('plain JavaScript: instructions, the worker of `search`, a verdict', () => {
  write(
    'all.mjs',
    `import { openDump, run, why } from 'inquest';
    const dump = await openDump(process.argv[2]);
    const dis = await run(dump, 'dis panic 1');
    const search = await run(dump, 'search -k ffffffffffffffff');
    const { verdict } = await why(dump);
    console.log(dis.ok && dis.data.length, search.ok && search.data.groups.length > 0, verdict.rule);
    dump.close();`,
  );
  expect(done('node', ['all.mjs', dump], app)).toBe('1 true rt-user-loop\n');
});

/** The code of docs/api.md: the first a whole program, the others such as they would be within one. */
const [program = '', ...examples] = [
  ...readFileSync('docs/api.md', 'utf8').matchAll(/^```js\n([\s\S]*?)^```$/gm),
].map(([, code = '']) => code);

test('the program on the first page of docs/api.md', () => {
  symlinkSync(dump, join(app, 'vmcore'));
  write('program.mjs', program);
  expect(done('node', ['program.mjs'], app)).toContain('Two real-time programs, loop.sh (pid 237)');
});

test('the examples in docs/api.md print what they say', () => {
  const expected = examples.flatMap((code) =>
    [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, printed]) => printed),
  );
  expect(expected.length).toBeGreaterThan(9);
  const names = Object.keys(library).join(', ');
  write(
    'examples.mjs',
    `import { ${names} } from 'inquest';
    const dump = await openDump('vmcore');
    ${examples.map((code) => `{\n${code}}`).join('\n')}
    dump.close();`,
  );
  expect(done('node', ['examples.mjs'], app)).toBe(`${expected.join('\n')}\n`);
});

const consumer = `import {
  allTasks, evaluate, isFault, openDump, run, shape, stackOf, toJson, View, virtual, why,
  type DataOf, type Frame, OpenError, type Task, type Verdict,
} from 'inquest';

const file = shape('file', { inode: ['f_inode'] });
class File extends View<keyof typeof file.fields> {
  protected readonly shape = file;
}

const dump = await openDump(['a', 'b'], { raw: true });
for (const task of allTasks(dump).tasks) {
  const pid = task.pid;
  // @ts-expect-error it may be a Fault
  const number: number = pid;
  if (!isFault(pid)) pid.toFixed(number);
  task.number('lastArrival');
  // @ts-expect-error a task has no such field
  task.number('nothing');
  // @ts-expect-error an address is not any bigint
  dump.memory.u64(1n);
  dump.memory.u64(virtual(1n));
  new File(dump, task.address).pointer('inode');
}
export const frames = (task: Task): readonly Frame[] => stackOf(task).frames;
export const verdict: Verdict = await why(dump);
export const value = toJson(evaluate(dump, 'init_task.comm'));
const answer = await run(dump, 'ps');
export const rows: DataOf<'ps'> | undefined = answer.ok ? answer.data : undefined;
export const mine = (error: unknown): boolean => error instanceof OpenError;
`;

test.each([
  { typescript: 'typescript-7', module: 'nodenext', skipLibCheck: false },
  { typescript: 'typescript-7', module: 'nodenext', skipLibCheck: true },
  { typescript: 'typescript-7', module: 'preserve', skipLibCheck: false },
  { typescript: 'typescript', module: 'nodenext', skipLibCheck: false },
])('strict TypeScript: $typescript, $module, skipLibCheck $skipLibCheck', (options) => {
  const { typescript, ...own } = options;
  write('app.ts', consumer);
  const compilerOptions = {
    ...own,
    ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
    ...{ target: 'es2022', lib: ['es2023'], types: [], noEmit: true },
  };
  write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['app.ts'] }));
  done('node', [join(modules, typescript, 'bin/tsc'), '-p', '.'], app);
});
