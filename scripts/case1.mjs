// Fills in docs/case1.md: below each command line what it prints, on the slim dump.
//
//   npm run case1                      writes it
//   node scripts/case1.mjs --check     says whether it is what the commands print
//   node scripts/case1.mjs --commands  what a slim dump must answer for it, as words of a shell
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = `${root}docs/case1.md`;
const text = readFileSync(page, 'utf8');
const PROMPT = /^inquest> (.*)$/gm;
const lines = [...text.matchAll(PROMPT)].map(([, line]) => line);

if (process.argv.includes('--commands')) {
  // `p` looks for a variable's type in all types there are, a megabyte, and then goes by the cast; `why` reads its data.
  const asked = lines.filter((line) => !line.startsWith('p '));
  const words = asked.map((line) => `'${line.split(' | ')[0]}'`);
  process.stdout.write(`${words.join(' ')}\n`);
  process.exit(0);
}

/** All in one session: `p` numbers its values. */
const END = 'end of an answer';
const { stdout, stderr, status } = spawnSync(
  `${root}bin/inquest`,
  [`${root}testdata/dumps/rt-loop/vmcore`],
  { input: lines.map((line) => `${line}\n!echo ${END}\n`).join(''), encoding: 'utf8' },
);
if (status !== 0 || stderr !== '') throw new Error(`a command failed (${status}):\n${stderr}`);
const answers = stdout.split(`${END}\n`);

const made = text.replace(/^(```console\n)(.*?)^```$/gms, (_, head, body) => {
  const filled = [...body.matchAll(PROMPT)].map(
    ([prompt]) => `${prompt}\n${answers.shift()?.trimEnd()}\n`,
  );
  return `${head}${filled.join('\n')}\`\`\``;
});
if (made === text) process.exit(0);
if (process.argv.includes('--check')) {
  process.stderr.write('docs/case1.md shows other answers; run: npm run case1\n');
  process.exit(1);
}
writeFileSync(page, made);
