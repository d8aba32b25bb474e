// The program is built once before the tests: several of them start it as its users do.
import { spawnSync } from 'node:child_process';

export default function setup(): void {
  const { status, stderr } = spawnSync('node', ['scripts/build.mjs'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`scripts/build.mjs failed: ${stderr}`);
}
