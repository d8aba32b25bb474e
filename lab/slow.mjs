// node lab/slow.mjs SUITE [PAGE]
//
// Boots the newest kernel of a suite with a dd that writes to a flash device on a disk that is far too slow, and asks
// `inquest slow` and `inquest live` about it in the guest. Prints what they said; fails when they did not find it.
// PAGE: a Markdown file to write it to (docs/case2.md).
import { writeFileSync } from 'node:fs';
import { runFolder, SUITES } from './scenes.mjs';
import { bootWithInquest, told } from './with-inquest.mjs';

const [suite, page] = process.argv.slice(2);
if (!SUITES.includes(suite)) {
  process.stderr.write('usage: node lab/slow.mjs SUITE [PAGE]\n');
  process.exit(2);
}
const out = runFolder('slow', suite);
bootWithInquest('slow', suite, out);
const [slow, live, after] = ['slow.txt', 'live.txt', 'after.txt'].map((file) => told(out, file));
process.stdout.write(`${slow}\n${live}\n${after}`);
if (page)
  writeFileSync(
    page,
    `# Case 2, while it happens

A \`dd\` writes 512 bytes at a time to a flash device, an MTD on a disk that answers far too late: each write takes seconds.
\`node lab/slow.mjs ${suite} docs/case2.md\` boots such a machine, asks there, and writes this page. (The guest's processor is emulated:
what the examination itself used of it says nothing about a real one.)

\`\`\`console
# inquest slow PID --seconds 40
${slow.trimEnd()}
\`\`\`

The same, seen by the kernel: the call goes from \`mtd_write\` through the block device's page cache, and waits there for a page that
the disk does not bring.

\`\`\`console
# inquest live 'bt -t PID' 'bt PID'
${live.trimEnd()}
\`\`\`

Afterwards:

\`\`\`console
# grep -E '^(State|TracerPid)' /proc/PID/status
${after.trimEnd()}
\`\`\`
`,
  );
const document = JSON.parse(told(out, 'slow.json'));
const found = [
  ['it is slow', document.verdict.kind === 'slow'],
  ['the flash device is named', /mtd/.test(slow)],
  ['the kernel waits in mtd_write for the block layer', /mtd|block2mtd/.test(live)],
  [
    'the process is neither stopped nor traced',
    /TracerPid:\t0/.test(after) && !/State:\t[tT]/.test(after),
  ],
];
for (const [what, is] of found) process.stdout.write(`${is ? 'yes' : 'NO '}  ${what}\n`);
process.exitCode = found.every(([, is]) => is) ? 0 : 1;
