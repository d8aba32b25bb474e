// Draws the house into ARCHITECTURE.md from the code: the floors with what they hold, and who imports from whom.
// `--check` only says whether the picture there is the code's.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cruise } from 'dependency-cruiser';

const FILE = 'ARCHITECTURE.md';
const BEGIN = '<!-- drawn by `npm run architecture` -->';
const END = '<!-- end of the drawing -->';

const { floors } = createRequire(import.meta.url)('./floors.cjs');

const { output } = await cruise(['src'], {
  exclude: { path: '\\.test\\.ts$' },
  doNotFollow: { path: 'node_modules' },
  tsPreCompilationDeps: true,
});

const folderOf = (path) => /^src\/([^/]+)\//.exec(path)?.[1];
const folders = new Set();
const edges = new Map();
for (const { source, dependencies } of output.modules) {
  const from = folderOf(source);
  if (!from) continue;
  folders.add(from);
  for (const { resolved } of dependencies) {
    const to = folderOf(resolved);
    if (to && to !== from) edges.set(from, (edges.get(from) ?? new Set()).add(to));
  }
}

/** Folders of one floor stand side by side; each line says what the folder leans on. */
function picture() {
  const rows = floors.flatMap((floor, height) =>
    Object.keys(floor)
      .filter((folder) => folders.has(folder))
      .map((folder) => [
        String(height),
        `${folder}/`,
        floors
          .flatMap(Object.keys)
          .filter((other) => edges.get(folder)?.has(other))
          .join(' '),
      ]),
  );
  const head = ['floor', 'folder', 'imports from'];
  const widths = head.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => row[i].length)),
  );
  const line = (row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd();
  return ['```text', line(head), ...rows.reverse().map(line), '```'].join('\n');
}

const text = readFileSync(FILE, 'utf8');
const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
if (begin < 0 || end < begin) throw new Error(`${FILE} has no place for the drawing`);
const drawn = `${text.slice(0, begin)}${BEGIN}\n${picture()}\n${text.slice(end)}`;
if (drawn === text) process.exit(0);
if (process.argv.includes('--check')) {
  process.stderr.write(`${FILE} shows another house; run: npm run architecture\n`);
  process.exit(1);
}
writeFileSync(`${FILE}.part`, drawn);
renameSync(`${FILE}.part`, FILE);
