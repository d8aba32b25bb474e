// What inquest costs beside crash and drgn, in one run: CPU time and memory of whole processes, as a table.
//
//   npm run bench [REPEATS]
//
// INQUEST_DUMPS  folder of NAME/vmcore        (default: inquest/dumps in the user's cache folder)
// INQUEST_LAB    folder of the larger dumps   (default: inquest/lab there); what is missing is left out
// INQUEST_ORACLE_SCRIPTS  the scripts that set up crash and drgn (default: ../shared/oracle); without, only ours
//
// Needs python3, which tells what a child process has used to the microsecond.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'inquest');
const dumps = process.env.INQUEST_DUMPS ?? join(cache, 'dumps');
const lab = process.env.INQUEST_LAB ?? join(cache, 'lab');
const oracle = resolve(process.env.INQUEST_ORACLE_SCRIPTS ?? join(root, '../shared/oracle'));
const oracleDir = process.env.INQUEST_ORACLE ?? join(cache, 'oracle');
const repeats = Number(process.argv[2] ?? 7);

// Certificates from the environment are parsed at every start of Node 20: 30 ms that have nothing to do with us.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;

/** Runs its arguments and prints: CPU seconds, peak KiB, exit status. */
const MEASURE = `
import resource, subprocess, sys
n = subprocess.DEVNULL
def used():
    r = resource.getrusage(resource.RUSAGE_CHILDREN)
    return r.ru_utime + r.ru_stime, r.ru_maxrss
# python3 may be a script that started others before it became this.
before = used()[0]
status = subprocess.run(sys.argv[1:], stdin=n, stdout=n, stderr=n).returncode
cpu, peak = used()
print(cpu - before, peak, status)`;

function measured(command, args) {
  const { stdout, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
  const last = (stdout ?? '').trim().split('\n').at(-1).split(' ');
  if (last.length !== 3) throw new Error(`${command} ${args.join(' ')}: ${stderr || stdout}`);
  const [cpu, kib, status] = last.map(Number);
  return { cpu, mib: kib / 1024, status };
}

const ours =
  (...words) =>
  () =>
    measured('python3', ['-c', MEASURE, process.execPath, join(root, 'bin/inquest'), ...words]);

/** A shell with the oracle's functions, and a folder with hard links to a dump and its vmlinux. */
function shell(script, ...args) {
  return ['-c', `. "${oracle}/lib.sh"; ${script}`, `${oracle}/bench`, ...args];
}

function stage(dump) {
  const folder = mkdtempSync(join(oracleDir, 'bench.'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const { status, stderr } = spawnSync('sh', shell('stage "$1" "" "$2"', dump, folder), { env });
  if (status !== 0) throw new Error(`${dump}: ${stderr}`);
  spawnSync('cp', [join(oracle, 'scripts/answers.py'), join(folder, 'answers.py')]);
  return folder;
}

const inChroot = (folder, ...words) =>
  shell('f=$1; shift; in_chroot tools "$f" "$@"', folder, ...words);

const crash =
  (folder, ...commands) =>
  () =>
    measured('sh', [
      ...inChroot(
        folder,
        'sh',
        '-c',
        'printf "%s\\n" "$@" quit > /tmp/bench; exec python3 -c "$0" ' +
          'crash -s -i /tmp/bench /in/vmlinux /in/vmcore',
        MEASURE,
        ...commands,
      ),
    ]);

const drgn =
  (folder, ...questions) =>
  () =>
    measured(
      'sh',
      inChroot(
        folder,
        'python3',
        '-c',
        MEASURE,
        'drgn',
        '-q',
        '-c',
        '/in/vmcore',
        '-s',
        '/in/vmlinux',
        '--no-default-symbols',
        '/in/answers.py',
        ...questions,
      ),
    );

/** Medians, each tool in its turn so that what else the machine does hits all alike; the first round only warms up. */
function medians(tools) {
  const runs = Object.fromEntries(Object.keys(tools).map((name) => [name, []]));
  for (let i = 0; i <= repeats; i++)
    // crash takes so long that it is asked every third time only.
    for (const [name, run] of Object.entries(tools))
      if (run && (name !== 'crash' || i < 2 || i % 3 === 0)) runs[name].push(run());
  const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  return Object.fromEntries(
    Object.entries(runs).map(([name, all]) => {
      const kept = all.slice(1);
      if (kept.length === 0) return [name, undefined];
      const cpu = middle(kept.map((r) => r.cpu));
      return [name, { cpu, mib: middle(kept.map((r) => r.mib)), status: kept[0].status }];
    }),
  );
}

function version(words) {
  const { stdout } = spawnSync('sh', inChroot('/tmp', ...words), { env, encoding: 'utf8' });
  return /\d+\.\d+\.\d+/.exec(stdout ?? '')?.[0] ?? '?';
}

const hasRivals = existsSync(join(oracle, 'lib.sh')) && existsSync(join(oracleDir, 'tools/.done'));
const ratio = (a, b) => (a && b ? (a.cpu / b.cpu).toFixed(3) : '–');
const rows = [];
const row = (work, own, rivals, budget) => {
  const failed = own.status === 0 ? '' : ` (exit status ${own.status})`;
  const cells = [work, `${own.mib.toFixed(0)} MiB`, rivals, budget];
  rows.push(`| ${cells.join(' | ')} |`);
  process.stderr.write(`${work}: ${(own.cpu * 1000).toFixed(0)} ms CPU${failed}\n`);
};

const small = join(dumps, 'rt-loop/vmcore');
const folder = hasRivals ? stage(small) : undefined;
const empty = () => measured('python3', ['-c', MEASURE, process.execPath, '-e', '0']);
const first = medians({
  node: empty,
  own: ours('run', small, '--', 'sys', 'ps', 'bt'),
  why: ours('why', small),
  drgn: folder && drgn(folder, 'sys', 'ps', 'bt'),
  crash: folder && crash(folder, 'sys', 'ps', 'bt'),
});
row(
  '`sys; ps; bt` on rt-loop',
  first.own,
  `${ratio(first.own, first.drgn)} × drgn, ${ratio(first.own, first.crash)} × crash, ${ratio(first.own, first.node)} × an empty Node.js`,
  '≤ 0.35 × drgn, ≤ 0.03 × crash; ≤ 150 MB',
);
row(
  '`why` on rt-loop',
  first.why,
  `${ratio(first.why, first.own)} × sys; ps; bt`,
  '≤ 2 ×; ≤ 150 MB',
);

// Zlib pages in both.
const [full, filtered] = ['every/vmcore.kdump-zlib-0', 'every/vmcore'].map((f) => join(lab, f));
if (existsSync(full) && existsSync(filtered)) {
  const grown = medians({
    full: ours('run', full, '--', 'sys', 'ps', 'bt'),
    filtered: ours('run', filtered, '--', 'sys', 'ps', 'bt'),
  });
  const memory = (grown.full.mib / grown.filtered.mib).toFixed(3);
  row(
    'the same guest, dump level 0 against 31',
    grown.full,
    `${ratio(grown.full, grown.filtered)} × time, ${memory} × memory`,
    '≤ 1.2 ×',
  );
}

const crowd = join(lab, 'crowd/vmcore');
if (existsSync(crowd)) {
  const crowdFolder = hasRivals ? stage(crowd) : undefined;
  for (const [command, question, budget] of [
    ['ps', 'ps', '≤ 0.6 × drgn, ≤ 0.1 × crash; ≤ 250 MB'],
    ['foreach bt', 'foreach-bt', '≤ 0.06 × drgn, ≤ 0.2 × crash; ≤ 250 MB'],
  ]) {
    const own = medians({ own: ours('run', crowd, '--', command) }).own;
    const other = crowdFolder && {
      drgn: drgn(crowdFolder, question)(),
      crash: crash(crowdFolder, command)(),
    };
    row(
      `\`${command}\` on crowd`,
      own,
      `${ratio(own, other?.drgn)} × drgn, ${ratio(own, other?.crash)} × crash`,
      budget,
    );
  }
  row('`why` on crowd', medians({ own: ours('why', crowd) }).own, '–', '≤ 3 s');
}

const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
const rivals = hasRivals
  ? `crash ${version(['crash', '-v'])}, drgn ${version(['drgn', '--version'])}`
  : `no crash and drgn: ${oracle} and ${oracleDir} have not both been set up`;
process.stdout.write(`inquest ${own}, Node.js ${process.version}, ${rivals}; ${new Date().toISOString().slice(0, 10)}

| work | peak | CPU time | budget |
| --- | --- | --- | --- |
${rows.join('\n')}
`);
