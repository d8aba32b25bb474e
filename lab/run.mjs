// npm run lab -- SCENARIO SUITE | --all [SUITE…] | --list
//
// Boots the newest Debian kernel of a suite (bullseye, bookworm, trixie, sid) in QEMU, runs a scenario of
// lab/scenarios in it and takes the dump. $INQUEST_LAB_RUNS/SUITE/SCENARIO (default: inquest/lab-runs in the user's
// cache folder) gets vmcore, truth.json, console.log, recipe, info and modules/. --all makes what is not there yet.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dumpsOf, filled, LAB, plan, runFolder, SUITES, said, scenarios } from './scenes.mjs';

const say = (text) => process.stderr.write(`lab: ${text}\n`);

function must(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (error || status !== 0) throw new Error(`${command}: ${error?.message ?? `status ${status}`}`);
}

const sources = (folder) =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.c')) : [];

function compile(folder, file, into) {
  const program = join(into, file.slice(0, -2));
  must('gcc', ['-O1', '-g', '-pthread', '-o', program, join(folder, file)]);
}

/** The folder that the guest gets: the scenario, its programs and its modules, built. */
function assemble(scenario, suite, work, out) {
  const from = join(LAB, 'scenarios', scenario);
  cpSync(from, work, { recursive: true });
  cpSync(join(work, 'scenario.sh'), join(work, 'run'));
  chmodSync(join(work, 'run'), 0o755);
  for (const file of sources(from)) compile(from, file, work);
  for (const name of plan(scenario).programs ?? [])
    compile(join(LAB, 'programs'), `${name}.c`, work);
  const modules = join(work, 'modules');
  if (!existsSync(modules)) return;
  must(join(LAB, 'machine', 'kmod'), [suite, modules]);
  mkdirSync(join(out, 'modules'), { recursive: true });
  for (const name of readdirSync(modules).filter((file) => file.endsWith('.ko'))) {
    cpSync(join(modules, name), join(out, 'modules', name));
    cpSync(join(modules, name), join(work, name));
    must('strip', ['-g', join(work, name)]);
  }
}

/** makedumpfile's -d: the scenario's, or all that can be left out; 7.x without 8, with which 1.7.8 loses pages of slabs there. */
function dumpLevel(work, suite) {
  const conf = join(work, 'scenario.conf');
  const wanted = existsSync(conf) && readFileSync(conf, 'utf8').match(/^LEVEL=(\d+)$/m)?.[1];
  return Number(wanted || 31) & (suite === 'sid' ? ~8 : ~0);
}

/** Runs a scenario; false where no dump came of it. */
function make(scenario, suite) {
  const out = runFolder(scenario, suite);
  const work = mkdtempSync(join(tmpdir(), 'inquest-lab-'));
  mkdirSync(out, { recursive: true });
  try {
    assemble(scenario, suite, work, out);
    const level = ['--level', String(dumpLevel(work, suite))];
    const { status } = spawnSync(
      join(LAB, 'machine', 'boot'),
      [suite, work, '-o', out, '--compress', 'lzo', ...level],
      { stdio: 'inherit' },
    );
    if (status !== 0) return false;
  } catch (error) {
    say(`${scenario} on ${suite}: ${error.message}`);
    return false;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const values = said(readFileSync(join(out, 'console.log'), 'latin1'));
  const truth = { scenario, suite, ...filled(plan(scenario), values) };
  writeFileSync(join(out, 'truth.json'), `${JSON.stringify(truth, null, 2)}\n`);
  writeFileSync(join(out, 'recipe'), `npm run lab -- ${scenario} ${suite}\n`);
  const open = JSON.stringify(truth).match(/\$\{[^}]*\}/g);
  if (open) say(`${scenario} on ${suite}: the guest never said ${open.join(' ')}`);
  return dumpsOf(out).length > 0;
}

const args = process.argv.slice(2);
const known = scenarios();
if (args[0] === '--list') {
  for (const name of known) process.stdout.write(`${name}  ${plan(name).summary}\n`);
} else if (args[0] === '--all') {
  const suites = args.length > 1 ? args.slice(1) : SUITES;
  const missing = suites.flatMap((suite) =>
    known
      .filter((name) => (plan(name).suites ?? SUITES).includes(suite))
      .filter((name) => dumpsOf(runFolder(name, suite)).length === 0)
      .map((name) => [name, suite]),
  );
  for (const [name, suite] of missing) if (!make(name, suite)) process.exitCode = 1;
} else if (known.includes(args[0]) && SUITES.includes(args[1]?.split('/')[0])) {
  if (!make(args[0], args[1])) process.exitCode = 1;
} else {
  process.stderr.write('usage: npm run lab -- SCENARIO SUITE | --all [SUITE...] | --list\n');
  process.exitCode = 2;
}
