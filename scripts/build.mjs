// Bundles src into one file, dist/main.mjs. What is imported on demand is run on demand in it, too; a file for
// each such part costs more to find and open, some 40 of them for a few commands, than the rest costs to skip.
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: { main: 'src/doors/cli/main.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // These open a .wasm file beside themselves.
  external: ['@bokuweb/zstd-wasm', 'iced-x86'],
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
});
