// Makes docs/api.md, the reference of the library, from its declarations (dist/types, scripts/declarations.mjs).
//
//   npm run api                    makes both
//   node scripts/api.mjs --check   says whether docs/api.md is as dist/types is
import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const types = `${root}dist/types/`;
const page = `${root}docs/api.md`;
const BEGIN = '<!-- made by `npm run api` -->\n';

/** By folder of `src/`, in the order of a look at a dump. */
const sections = [
  ['Opening, running, judging', ['doors', 'rules', 'commands']],
  ['Values', ['bytes', 'print']],
  ['The kernel', ['kernel']],
  ['Stacks', ['stacks']],
  ['Memory, symbols, types', ['types', 'memory', 'symbols']],
];

const program = ts.createProgram([`${types}doors/library.d.ts`], {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  types: [],
});
const checker = program.getTypeChecker();
const library = program.getSourceFile(`${types}doors/library.d.ts`);
if (!library) throw new Error('dist/types is not there; run: node scripts/declarations.mjs');

/** `{@link x}` and the like are not used: what a comment says is Markdown. */
const docOf = (symbol) => {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const tags = symbol.getJsDocTags(checker).map(({ name, text: parts }) => {
    const words = ts.displayPartsToString(parts);
    return `- ${name === 'param' ? words.replace(/^(\S+) /, '`$1`: ') : `${name} ${words}`}`;
  });
  return [text, tags.join('\n')].filter(Boolean).join('\n\n');
};

/** A declaration as TypeScript has it: members keep their comments, its own stands above. */
function codeOf(declaration) {
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return node
    .getText()
    .replace(/^export (declare )?/, '')
    .replace(/^ *#private;\n/gm, '')
    .replace(/^ *protected .*\n/gm, '')
    .replace(/^ {4}/gm, '  ')
    .trim();
}

/** What a view's `number(…)`, `pointer(…)` and `text(…)` can be asked for. */
function fieldsOf(symbol, declaration) {
  if (!ts.isClassDeclaration(declaration) || !declaration.heritageClauses) return '';
  const [base] = checker.getDeclaredTypeOfSymbol(symbol).getBaseTypes() ?? [];
  const [argument] = base ? checker.getTypeArguments(base) : [];
  const names = argument?.isUnion() ? argument.types : [];
  return names.length === 0
    ? ''
    : `Fields: ${names.map((type) => `\`${type.value}\``).join(', ')}.`;
}

function entry(symbol) {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const [declaration] = target.declarations ?? [];
  const [folder] = relative(types, declaration.getSourceFile().fileName).split('/');
  const code = `\`\`\`ts\n${codeOf(declaration)}\n\`\`\``;
  const text = [`### ${symbol.name}`, docOf(target), code, fieldsOf(target, declaration)];
  return { folder, name: symbol.name, text: text.filter(Boolean).join('\n\n') };
}

const entries = checker.getExportsOfModule(checker.getSymbolAtLocation(library)).map(entry);
const made = sections
  .map(([title, folders]) => {
    const own = folders.flatMap((folder) => entries.filter((one) => one.folder === folder));
    return `## ${title}\n\n${own.map(({ text }) => text).join('\n\n')}\n`;
  })
  .join('\n');

const text = readFileSync(page, 'utf8');
const at = text.indexOf(BEGIN);
if (at < 0) throw new Error('docs/api.md has no place for the reference');
const whole = `${text.slice(0, at)}${BEGIN}\n${made}`;
if (whole === text) process.exit(0);
if (process.argv.includes('--check')) {
  process.stderr.write('docs/api.md shows another library; run: npm run api\n');
  process.exit(1);
}
writeFileSync(page, whole);
