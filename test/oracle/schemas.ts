// Holds what `--json` prints against docs/schema.
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { findCommand } from '../../src/commands/index.ts';
import type { Answer } from '../../src/commands/kit/run.ts';

const folder = new URL('../../docs/schema/', import.meta.url);
const ajv = new Ajv({ strict: true, allowUnionTypes: true });
const compiled = new Map<string, ValidateFunction>();

function validator(name: string): ValidateFunction {
  let validate = compiled.get(name);
  if (!validate) {
    validate = ajv.compile(JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')));
    compiled.set(name, validate);
  }
  return validate;
}

/** Every schema that is stored: `run`, `command/ps`. */
export const schemaNames = (): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length));

/** What is wrong with a document by its schema; empty: nothing. */
export function violations(name: string, document: unknown): string[] {
  const validate = validator(name);
  if (validate(document)) return [];
  return (validate.errors ?? []).map((e) => `${name}${e.instancePath} ${e.message}`).slice(0, 5);
}

/** As `violations`, of the data of an answered command line, also of one that `foreach` asked. */
export async function answerViolations(answer: Answer): Promise<string[]> {
  if (!answer.ok || answer.data === null) return [];
  const words = answer.command.split(/\s+/);
  const command = await findCommand(words[0] ?? '');
  const wrong = violations(`command/${command?.name}`, answer.data);
  if (command?.name !== 'foreach') return wrong;
  const asked = words.find((word, i) => i > 0 && /^(bt|ps|set|task)$/.test(word)) ?? '';
  const parts = answer.data as { data: unknown }[];
  const data = asked === 'bt' ? [parts] : parts.map((part) => part.data);
  return [
    ...wrong,
    ...data.flatMap((part) => (part === null ? [] : violations(`command/${asked}`, part))),
  ];
}

const psQuestions = [
  '',
  ' -t',
  ' -m',
  ' -l',
  ' -S',
  ' -A',
  ' -a',
  ' -p',
  ' -c',
  ' -g',
  ' -r',
  ' -s',
  ' -k',
  ' -Y',
].map((option) => `ps${option}`);

/** Beside the commands' own examples: what the options show. */
export const questions: readonly string[] = [
  ...psQuestions,
  'bt -a',
  'bt -f',
  'bt -t',
  'bt -T',
  'bt -e',
  'bt -r',
  'bt -g',
  'foreach bt',
  'foreach task -R pid,comm',
  'foreach active set',
  'foreach active ps',
  'log -T',
  'log -m',
  'log -t',
  'mod',
  'mod -t',
  'runq',
  'runq -m',
  'runq -t',
  'runq -g',
  'set',
  'set -v',
  'set -p',
  'sys',
  'sys -t',
  'sys config',
  'task',
  'task -x',
  'why',
  'help',
];
