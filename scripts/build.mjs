// Bundles src into dist/main.mjs, and the library and the workers each into a file of its own. What is imported on demand is run on
// demand in them, too; a file for each such part costs more to find and open, some 40 of them for a few commands, than
// the rest costs to skip.
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const { outputFiles } = await build({
  write: false,
  entryPoints: {
    main: 'src/doors/cli/main.ts',
    library: 'src/doors/library.ts',
    'shell-worker': 'src/doors/shell/worker.ts',
    'search-worker': 'src/doors/search-worker.ts',
  },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // These open a .wasm file beside themselves.
  external: ['@bokuweb/zstd-wasm', 'iced-x86'],
  // Its other form hides from bundlers what it requires.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
});

// Whole or not at all: whoever starts the program meanwhile gets the old one or the new one.
await mkdir('dist', { recursive: true });
const names = [];
for (const { path, contents } of outputFiles) {
  const name = path.slice(path.lastIndexOf('/') + 1);
  names.push(name);
  await writeFile(`dist/${name}.${process.pid}.part`, contents);
  await rename(`dist/${name}.${process.pid}.part`, `dist/${name}`);
}
// What earlier builds left; the types are scripts/declarations.mjs's.
for (const name of await readdir('dist'))
  if (!names.includes(name) && !name.endsWith('.part') && !name.startsWith('types'))
    await rm(`dist/${name}`, { recursive: true, force: true });
