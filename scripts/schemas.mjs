// Makes the JSON schemas of docs/schema from the types that `--json` prints.
//
//   node scripts/schemas.mjs          writes docs/schema
//   node scripts/schemas.mjs --check  says which are not as the types are now, and fails
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createFormatter,
  createParser,
  createProgram,
  SchemaGenerator,
} from 'ts-json-schema-generator';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = `${root}docs/schema`;

const documents = [
  ['run', 'src/doors/cli/documents.ts', 'RunDocument', '`inquest run DUMP --json -- CMD…`'],
  ['info', 'src/doors/cli/documents.ts', 'InfoDocument', '`inquest info DUMP --json`'],
  ['slow-list', 'src/live/worth.ts', 'SlowList', '`inquest slow --json`'],
  ['verdict', 'src/rules/kit/verdict.ts', 'Verdict', '`inquest why DUMP --json`'],
  [
    'suspect',
    'src/commands/why/suspect/suspicion.ts',
    'Suspicion',
    '`inquest why DUMP --suspect PID|MODULE --json`',
  ],
  [
    'known',
    'src/commands/why/known.ts',
    'KnownIssues',
    'the file of `inquest why DUMP --known FILE`',
  ],
];

/** The commands' names, from where they are listed. */
export function commandNames() {
  const text = readFileSync(`${root}src/commands/kit/names.ts`, 'utf8');
  const list = /commandNames = \[([^\]]*)\]/.exec(text)?.[1] ?? '';
  return [...list.matchAll(/'([a-z]+)'/g)].map(([, name]) => name);
}

/** `runq` → `RunqData` in src/commands/runq.ts or in one of its parts. */
function commandType(name) {
  const type = `${name[0].toUpperCase()}${name.slice(1)}Data`;
  const parts = existsSync(`${root}src/commands/${name}`)
    ? readdirSync(`${root}src/commands/${name}`).map((file) => `src/commands/${name}/${file}`)
    : [];
  const file = [`src/commands/${name}.ts`, ...parts].find((path) =>
    new RegExp(`^export (type|interface) ${type}\\b`, 'm').test(readFileSync(root + path, 'utf8')),
  );
  if (!file) throw new Error(`src/commands/${name}.ts exports no ${type}: what its run returns`);
  return [`command/${name}`, file, type, `\`data\` of the command \`${name}\``];
}

/** Every schema: path below docs/schema → text. */
export function makeSchemas() {
  const wanted = [...documents, ...commandNames().map(commandType)];
  const config = {
    // One program for all of them: its making is what takes the time.
    path: `${root}{${[...new Set(wanted.map(([, file]) => file))].join(',')}}`,
    tsconfig: `${root}tsconfig.json`,
    // `npm run check:types` does it, with another compiler.
    skipTypeCheck: true,
    additionalProperties: false,
    jsDoc: 'extended',
    expose: 'export',
    sortProps: true,
    topRef: false,
  };
  const program = createProgram(config);
  const formatter = createFormatter(config);
  const generator = new SchemaGenerator(program, createParser(program, config), formatter, config);
  const made = new Map();
  for (const [name, , type, title] of wanted) {
    const { $schema, ...schema } = generator.createSchema(type);
    made.set(`${name}.json`, `${JSON.stringify({ $schema, title, ...schema }, null, 2)}\n`);
  }
  return made;
}

/** What stands in docs/schema and is not what the types make of it. */
export function staleSchemas(made) {
  const stored = existsSync(folder)
    ? readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.json'))
    : [];
  const read = (name) => (stored.includes(name) ? readFileSync(`${folder}/${name}`, 'utf8') : '');
  return [
    ...[...made].filter(([name, text]) => read(name) !== text).map(([name]) => name),
    ...stored.filter((name) => !made.has(name)),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const made = makeSchemas();
  const stale = staleSchemas(made);
  if (process.argv.includes('--check')) {
    for (const name of stale) console.error(`docs/schema/${name}: run node scripts/schemas.mjs`);
    process.exitCode = stale.length > 0 ? 1 : 0;
  } else {
    for (const name of stale) {
      const file = `${folder}/${name}`;
      const text = made.get(name);
      if (text === undefined) rmSync(file);
      else {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
      }
      console.log(relative(process.cwd(), file));
    }
  }
}
