// Guests in which inquest itself runs: with this very Node.js, the libraries it needs, and inquest as it is built.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { LAB } from './scenes.mjs';

export const ROOT = dirname(LAB);

/** What a program printed. @throws Error when it fails */
export function must(command, args, options = {}) {
  const { status, error, stdout } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    ...options,
  });
  if (error || status !== 0) throw new Error(`${command}: ${error?.message ?? `status ${status}`}`);
  return stdout;
}

const BUILT = ['bin', 'dist', 'package.json', 'node_modules/iced-x86', 'node_modules/@bokuweb'];
/** Libraries of Node.js that a guest does not have. */
const LIBRARIES = /=> (\/\S*lib(?:stdc\+\+|gcc_s|atomic)\S*)/g;

/**
 * Boots a suite's kernel with a folder's scene, unless its dump is there already.
 *
 * @param options more for `boot`
 */
export function bootWithInquest(scene, suite, out, options = []) {
  if (existsSync(join(out, 'vmcore'))) return;
  mkdirSync(out, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), 'inquest-live-'));
  try {
    cpSync(join(LAB, scene), work, { recursive: true });
    cpSync(process.execPath, join(work, 'node'), { dereference: true });
    for (const [, path] of must('ldd', [process.execPath]).matchAll(LIBRARIES))
      cpSync(path, join(work, 'lib', path.slice(path.lastIndexOf('/') + 1)), { dereference: true });
    for (const part of BUILT)
      cpSync(join(ROOT, part), join(work, 'inquest', part), { recursive: true });
    // Ordinary users of the guest start it, too.
    chmodSync(work, 0o755);
    chmodSync(join(work, 'run'), 0o755);
    // makedumpfile 1.7.8 loses pages of slabs on 7.x at any level with 8 in it.
    const level = suite === 'sid' ? ['--level', '23'] : [];
    must(join(LAB, 'machine', 'boot'), [suite, work, '-o', out, ...level, ...options], {
      stdio: 'inherit',
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** A file that the guest told on its console: `LIVE NAME`, then the file, compressed, in base64. */
export function told(out, file) {
  const console = readFileSync(join(out, 'console.log'), 'latin1');
  const [, text] = new RegExp(`LIVE ${file} ([A-Za-z0-9+/=]+)`).exec(console) ?? [];
  if (text === undefined) throw new Error(`the guest did not tell ${file}: see ${out}/console.log`);
  return gunzipSync(Buffer.from(text, 'base64')).toString('utf8');
}
