// Makes docs/api.md, the reference of the library, from src/doors/library.ts and what that exports.
//
//   npm run api                    writes it
//   node scripts/api.mjs --check   says whether it is as the library is
//
// TypeDoc reads and links them, and its Markdown plugin lays them out: one page, in the order of a look at a dump.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  Application,
  Comment,
  CommentTag,
  Converter,
  ReflectionFlag,
  ReflectionKind,
} from 'typedoc';
import { MarkdownTheme, MarkdownThemeContext } from 'typedoc-plugin-markdown';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = `${root}src/`;
const entry = `${source}doors/library.ts`;
const page = `${root}docs/api.md`;
const BEGIN = '<!-- made by `npm run api` -->\n';

/** By folder of `src/`. */
const sections = {
  'Opening, running, judging': ['doors', 'rules', 'commands'],
  Values: ['bytes', 'print'],
  'The kernel': ['kernel'],
  Stacks: ['stacks'],
  'Memory, symbols, types': ['types', 'memory', 'symbols', 'formats', 'arch'],
};

/** Without what a signature already says, or a base class: a line for each that repeats them hides the rest. */
class TersePage extends MarkdownThemeContext {
  constructor(...rest) {
    super(...rest);
    const { hierarchy } = this.partials;
    Object.assign(this.partials, {
      inheritance: () => '',
      hierarchy: (model, options) =>
        model.kind === ReflectionKind.Class ? '' : hierarchy(model, options),
      signature: (model, options) => this.#signature(model, options),
      typeDeclarationUnionContainer: (model) => this.#union(model.type),
    });
  }

  #signature(model, options) {
    const { comment, signatureTitle } = this.partials;
    const parameters = (model.parameters ?? []).map(({ name, comment }) =>
      this.#point(name, comment),
    );
    const said = model.comment ?? model.parent?.comment;
    const parts = [
      signatureTitle(model, options),
      said && comment(said, { ...options, showTags: false, showSummary: true }),
      parameters.join(''),
      said && comment(said, { ...options, showTags: true, showSummary: false }),
    ];
    return parts.filter(Boolean).join('\n\n');
  }

  /** Of the alternatives, those that have more to say than the type above. */
  #union({ types, elementSummaries = [] }) {
    const points = types.flatMap((type, i) => {
      const children = type.declaration?.children ?? [];
      const [tag] = children.filter((child) => child.type.type === 'literal');
      const name = tag ? `${tag.name}: ${tag.type}` : `${type}`;
      return [
        this.#point(name, { summary: elementSummaries[i] }),
        ...children.map((child) => this.#point(`${name} … ${child.name}`, child.comment)),
      ];
    });
    return points.join('');
  }

  #point(name, comment) {
    return comment?.summary?.length
      ? `- \`${name}\`: ${this.helpers.getCommentParts(comment.summary)}\n`
      : '';
  }
}
class TerseTheme extends MarkdownTheme {
  getRenderContext(event) {
    return new TersePage(this, event, this.application.options);
  }
}

const work = mkdtempSync(join(tmpdir(), 'inquest-api-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
const app = await Application.bootstrapWithPlugins({
  plugin: ['typedoc-plugin-markdown'],
  logLevel: 'Warn',
  entryPoints: [entry],
  tsconfig: `${root}tsconfig.json`,
  skipErrorChecking: true,
  ...{ out: work, router: 'module', readme: 'none', theme: 'terse' },
  ...{ excludePrivate: true, excludeProtected: true, excludeExternals: true, disableSources: true },
  ...{ hidePageHeader: true, hideBreadcrumbs: true, hidePageTitle: true, useCodeBlocks: true },
  ...{
    expandParameters: true,
    expandObjects: true,
    categoryOrder: Object.keys(sections),
    categorizeByGroup: false,
  },
  ...{ classPropertiesFormat: 'table', interfacePropertiesFormat: 'table' },
  typeDeclarationFormat: 'table',
  validation: { notExported: true, invalidLink: true, notDocumented: false },
  // What `CommandData` names: docs/schema describes them, and `DataOf` gives them.
  intentionallyNotExported: [
    ...[...readFileSync(`${source}doors/library/data.ts`, 'utf8').matchAll(/\b\w+Data(?=;)/g)].map(
      ([name]) => name,
    ),
    ...['FirstWord', 'IretRegister', 'SCHED_CLASSES', 'PagingForm', 'LogSource'],
  ],
});
app.renderer.defineTheme('terse', TerseTheme);

/** Of a view: what its `number(…)`, `pointer(…)` and `text(…)` can be asked for. */
function fieldsOf({ programs }, reflection, symbol) {
  if (reflection.kind !== ReflectionKind.Class) return '';
  const checker = programs[0].getTypeChecker();
  const [base] = checker.getDeclaredTypeOfSymbol(symbol).getBaseTypes() ?? [];
  const [names] = base ? checker.getTypeArguments(base) : [];
  if (!names?.isUnion()) return '';
  return `\n\nFields: ${names.types.map(({ value }) => `\`${value}\``).join(', ')}.`;
}

/** Of a choice between constants: what each means, which the plugin leaves out. */
function meaningsOf({ type }) {
  if (type?.type !== 'union' || type.types.some((one) => one.type !== 'literal')) return '';
  const points = (type.elementSummaries ?? []).map(
    (parts, i) => `\n- \`${type.types[i]}\`: ${parts.map(({ text }) => text).join('')}`,
  );
  return points.length > 0 ? `\n${points.join('')}` : '';
}

/** Its section, and what the page says of it beyond its own words. */
function complete(context, reflection) {
  const own = reflection.comment ?? reflection.signatures?.[0]?.comment;
  if (!own?.hasVisibleComponent()) app.logger.warn(`${reflection.name} says nothing of itself`);
  const symbol = context.getSymbolFromReflection(reflection);
  const { fileName } = symbol.declarations[0].getSourceFile();
  const [folder] = fileName.slice(fileName.indexOf(source) + source.length).split('/');
  const [title] = Object.entries(sections).find(([, folders]) => folders.includes(folder));
  reflection.comment ??= new Comment();
  const { comment } = reflection;
  comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: title }]));
  const text = fieldsOf(context, reflection, symbol) + meaningsOf(reflection);
  comment.summary.push({ kind: 'text', text });
}

app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
  const { project } = context;
  for (const reflection of project.children ?? []) complete(context, reflection);
  for (const reflection of Object.values(project.reflections))
    if (reflection.inheritedFrom) project.removeReflection(reflection);
    else if (reflection.kind === ReflectionKind.Accessor && !reflection.setSignature) {
      // To a reader, a property: a row of the table.
      const { type, comment } = reflection.getSignature;
      Object.assign(reflection, { kind: ReflectionKind.Property, type, comment });
      reflection.setFlag(ReflectionFlag.Readonly);
      reflection.getSignature = undefined;
    }
});

const project = await app.convert();
if (!project) throw new Error('src/doors/library.ts has no exports that TypeDoc can read');
app.validate(project);
await app.generateOutputs(project);
if (app.logger.hasErrors() || app.logger.hasWarnings()) {
  process.stderr.write(
    'What is referenced must be exported by src/doors/library.ts, and what is exported have a comment.\n',
  );
  process.exit(1);
}

const made = readFileSync(join(work, 'README.md'), 'utf8');
const text = readFileSync(page, 'utf8');
const at = text.indexOf(BEGIN);
if (at < 0) throw new Error('docs/api.md has no place for the reference');
const whole = `${text.slice(0, at)}${BEGIN}\n${made}`;
if (whole !== text && process.argv.includes('--check')) {
  process.stderr.write('docs/api.md shows another library; run: npm run api\n');
  process.exit(1);
}
if (whole !== text) writeFileSync(page, whole);
