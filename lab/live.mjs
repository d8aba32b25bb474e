// node lab/live.mjs SUITE [ORACLE]
//
// Boots the newest kernel of a suite with this very Node.js and inquest in it, asks `inquest live`, lets crash and drgn
// look at the same running kernel, asks `inquest live` again, and takes a dump. Compared are the tasks that were not given
// a CPU in between, whose answers have to be the same, and what does not move; and what `inquest live` says where it is
// refused. ORACLE: a folder with tools/, a Debian with crash and drgn, and debug/RELEASE/, the unpacked debug packages of
// the kernels; without it only the dump is compared. The lab's folder keeps all of it, as SUITE/live.
import { join, resolve } from 'node:path';
import { against } from './live/compare.mjs';
import { ofCrash, ofDrgn, ofInquest } from './live/tellers.mjs';
import { runFolder, SUITES } from './scenes.mjs';
import { bootWithInquest, must, ROOT, told } from './with-inquest.mjs';

const [suite, oracle] = process.argv.slice(2);
if (!SUITES.includes(suite)) {
  process.stderr.write('usage: node lab/live.mjs SUITE [ORACLE]\n');
  process.exit(2);
}
const out = runFolder('live', suite);

const QUESTIONS = ['sys', 'ps', 'ps -l', 'runq', 'foreach bt', 'mod', 'log'];

/** What must stand in the one line of each refusal; `restricted` is none: inquest needs neither pointers nor dmesg. */
const REFUSALS = {
  user: /^inquest: \/proc\/kcore can be read by root only; .+\n$/,
  rawio: /^inquest: \/proc\/kcore .*CAP_SYS_RAWIO.+\n$/,
  null: /^inquest: \/proc\/kcore is masked.+\n$/,
  empty: /^inquest: \/proc\/kcore is masked.+\n$/,
  restricted: /^ +KERNEL: .+\n +DUMPFILE: \/proc\/kcore\n/,
  lockdown: /^inquest: \/proc\/kcore.*lockdown.*confidentiality.+\n$/,
};

function refusals() {
  const texts = told(out, 'refusals.txt').split(/^as (\w+)\n/m);
  return Object.entries(REFUSALS).map(([name, expected]) => {
    const text = texts[texts.indexOf(name) + 1] ?? '';
    const isRight = expected.test(text);
    process.stdout.write(`${isRight ? 'yes' : 'NO '}  as ${name}: ${text.split('\n')[0]}\n`);
    return isRight;
  });
}

const shared = oracle
  ? `-virtfs local,path=${resolve(oracle)},mount_tag=oracle,security_model=none,readonly=on`
  : '';
bootWithInquest('live', suite, out, oracle ? [`--qemu= ${shared}`] : []);
process.stdout.write(`${told(out, 'why.txt')}\n${told(out, 'self.txt')}\n`);

const [before, after] = ['before', 'after'].map((name) =>
  ofInquest(JSON.parse(told(out, `${name}.json`)).results),
);
const files = new Map(
  told(out, 'oracle.txt')
    .split(/^=== /m)
    .slice(1)
    .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]),
);
const dump = ofInquest(
  JSON.parse(
    must(join(ROOT, 'bin/inquest'), ['run', join(out, 'vmcore'), '--json', '--', ...QUESTIONS]),
  ).results,
);
const isAlike = [
  ...refusals(),
  ...(files.has('drgn.json')
    ? [against('drgn, live', ofDrgn(JSON.parse(files.get('drgn.json'))), before, after)]
    : []),
  ...(files.has('crash.ps') ? [against('crash, live', ofCrash(files), before, after)] : []),
  against('the dump', dump, after, dump),
];
process.exitCode = isAlike.every(Boolean) ? 0 : 1;
