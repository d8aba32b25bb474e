// Makes the man page man/inquest.1 from what `-h` and `help` print; src/doors/cli/man.test.ts says when it is stale.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = `${root}node_modules/.man-${process.pid}.mjs`;

await build({
  stdin: {
    contents: `export { manPage } from './src/doors/cli/man.ts';
export { declaredCommands } from './src/doors/cli/completion/declared.ts';`,
    resolveDir: root,
  },
  outfile: bundle,
  bundle: true,
  format: 'esm',
  platform: 'node',
  external: ['@bokuweb/zstd-wasm', 'iced-x86'],
});
const { manPage, declaredCommands } = await import(pathToFileURL(bundle).href).finally(() =>
  rmSync(bundle),
);
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
mkdirSync(`${root}man`, { recursive: true });
writeFileSync(`${root}man/inquest.1`, manPage(await declaredCommands(), version));
