// Makes dist/types: the TypeScript declarations of the library, and of what they lean on, no more.
//
// Done when the package is packed, not at each install: it takes some seconds, and nothing that runs needs it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'dist/types');
const ENTRY = 'doors/library.d.ts';

mkdirSync(join(root, 'dist'), { recursive: true });
const work = mkdtempSync(join(root, 'dist/types.'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

const config = {
  extends: join(root, 'tsconfig.json'),
  compilerOptions: {
    ...{ noEmit: false, declaration: true, emitDeclarationOnly: true },
    ...{ rootDir: join(root, 'src'), outDir: join(work, 'all') },
    typeRoots: [join(root, 'node_modules/@types')],
  },
  include: [],
  files: ['src/doors/library.ts', 'src/bytes/codec/snappyjs.d.ts'].map((file) => join(root, file)),
};
writeFileSync(join(work, 'tsconfig.json'), JSON.stringify(config));
const { status, stdout } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/typescript-7/bin/tsc'), '-p', join(work, 'tsconfig.json')],
  { encoding: 'utf8', cwd: root },
);
if (status !== 0) throw new Error(`the library's types have errors:\n${stdout}`);

/** `from './x.ts'`, `import('./x.ts')`: all that a declaration names another file by. */
const REFERENCE = /(\bfrom |\bimport\()(['"])(\.{1,2}\/[^'"]+)\.ts\2/g;

// Only what the library's own declarations reach; and names that any setting of a user's compiler resolves.
const kept = new Map();
const open = [ENTRY];
for (let file = open.pop(); file !== undefined; file = open.pop()) {
  if (kept.has(file)) continue;
  const text = readFileSync(join(work, 'all', file), 'utf8');
  for (const [, , , path] of text.matchAll(REFERENCE))
    open.push(`${posix.join(posix.dirname(file), path)}.d.ts`);
  kept.set(file, text.replace(REFERENCE, '$1$2$3.js$2'));
}

const made = join(work, 'made');
for (const [file, text] of kept) {
  const path = join(made, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
rmSync(target, { recursive: true, force: true });
renameSync(made, target);
const bytes = [...kept.values()].reduce((sum, text) => sum + text.length, 0);
process.stdout.write(`${relative(root, target)}: ${kept.size} files, ${bytes} bytes\n`);
