// crash's variables, as `set` names them. Only the radix changes what inquest prints, and scroll
// whether a pager shows it; scripts set the others too, so each keeps what it is given.
import { CommandError, type Context } from '../kit/define.ts';

export interface SetSettings {
  show: 'settings';
  /** Whether all were asked for: `set -v`. */
  all: boolean;
  settings: SetSetting[];
}

export interface SetSetting {
  name: string;
  value: string;
  /** As `set -v` words it, where that differs from the value. */
  remark: string | null;
}

interface Setting {
  readonly value: string;
  /** What it may be set to: a normal form of the word given, or undefined. Absent: nothing. */
  readonly accepts?: (word: string) => string | undefined;
}

const onOrOff = (word: string): string | undefined =>
  word === 'on' || word === 'off'
    ? word
    : isNumber(word)
      ? Number(word) === 0
        ? 'off'
        : 'on'
      : undefined;

const isNumber = (word: string): boolean => /^(?:0x[0-9a-f]+|[0-9]+)$/i.test(word);
const number = (word: string): string | undefined =>
  isNumber(word) ? `${Number(word)}` : undefined;
const oneOf =
  (...words: readonly string[]) =>
  (word: string): string | undefined =>
    words.includes(word) ? word : undefined;

/** In the order of `set -v`. */
const SETTINGS: Readonly<Record<string, Setting>> = {
  // Which pager it is, `set scroll less`, the environment says.
  scroll: { value: 'off', accepts: (word) => onOrOff(word) ?? 'on' },
  radix: { value: '10', accepts: radix },
  refresh: { value: 'on', accepts: onOrOff },
  print_max: { value: '256', accepts: number },
  print_array: { value: 'off', accepts: onOrOff },
  console: { value: '' },
  debug: {
    value: '0',
    accepts: (word) => (word === 'on' ? '1' : word === 'off' ? '0' : number(word)),
  },
  core: { value: 'off', accepts: onOrOff },
  hash: { value: 'on', accepts: onOrOff },
  silent: { value: 'on', accepts: onOrOff },
  edit: { value: 'vi' },
  namelist: { value: '' },
  dumpfile: { value: '' },
  unwind: { value: 'off', accepts: onOrOff },
  zero_excluded: { value: 'off', accepts: onOrOff },
  'null-stop': { value: 'off', accepts: onOrOff },
  gdb: { value: 'off', accepts: oneOf('off', '0') },
  scope: { value: '0', accepts: oneOf('0') },
  offline: { value: 'show', accepts: oneOf('show', 'hide') },
  redzone: { value: 'on', accepts: onOrOff },
  error: { value: 'default', accepts: oneOf('default') },
};

function radix(word: string): string | undefined {
  if (word === '10' || word.startsWith('dec') || word.startsWith('ten')) return '10';
  if (word === '16' || word.startsWith('hex') || word.startsWith('six')) return '16';
  return undefined;
}

export const settingNames: readonly string[] = Object.keys(SETTINGS);

/** Whether a word of `set` names a variable: `dumpfile` is only listed. */
export const isSetting = (word: string): boolean =>
  word === 'hex' || word === 'dec' || (word !== 'dumpfile' && Object.hasOwn(SETTINGS, word));

/**
 * `set NAME`, `set NAME VALUE`, `set hex`, `set dec`.
 *
 * @throws CommandError `set: invalid command: …` for a value it cannot have
 */
export function setting(context: Context, words: readonly string[]): SetSettings {
  const [first = '', second] = words;
  const isRadix = first === 'hex' || first === 'dec';
  const name = isRadix ? 'radix' : first;
  const given = isRadix ? first : second;
  if (given !== undefined) assign(context, name, given, words);
  return { show: 'settings', all: false, settings: [settingOf(context, name)] };
}

/** `set -v` */
export const allSettings = (context: Context): SetSettings => ({
  show: 'settings',
  all: true,
  settings: Object.keys(SETTINGS).map((name) => settingOf(context, name)),
});

function assign(context: Context, name: string, given: string, words: readonly string[]): void {
  if (name === 'edit')
    throw new CommandError('unsupported', 'set: cannot change editing mode during runtime');
  const value = SETTINGS[name]?.accepts?.(given);
  if (value === undefined)
    throw new CommandError('usage', `set: invalid command: set ${words.join(' ')} `);
  const { session } = context;
  if (name === 'radix') session.radix = value === '16' ? 16 : 10;
  else if (name === 'scroll' && session.pages !== undefined) session.pages = value === 'on';
  else {
    if (name !== 'scroll') session.settings.set(name, value);
    context.warn(`set: ${name} changes nothing here`);
  }
}

function settingOf({ dump, session }: Context, name: string): SetSetting {
  if (name === 'radix')
    return { name, value: `${session.radix}`, remark: session.radix === 10 ? 'decimal' : 'hex' };
  if (name === 'scroll' && session.pages !== undefined)
    return { name, value: session.pages ? 'on' : 'off', remark: 'pager' };
  const value = session.settings.get(name) ?? SETTINGS[name]?.value ?? '';
  if (name === 'dumpfile') return { name, value: dump.files.join(' '), remark: null };
  return { name, value, remark: REMARKS[name] ?? null };
}

const REMARKS: Readonly<Record<string, string>> = {
  scroll: 'none',
  console: 'not assigned',
  namelist: 'none',
  scope: 'not set',
};

export function* renderSettings({ all, settings }: SetSettings): Generator<string> {
  for (const setting of settings) {
    if (all) yield `${setting.name.padStart(14)}: ${listed(setting)}`;
    else if (setting.name !== 'silent' || setting.value === 'off') yield shown(setting);
  }
}

function listed({ name, value, remark }: SetSetting): string {
  const words = name === 'radix' && remark === 'hex' ? 'hexadecimal' : remark;
  return words === null ? value : `${value} (${words})`.trimStart();
}

/** One alone is worded in its own way. */
function shown({ name, value, remark }: SetSetting): string {
  if (name === 'radix') return `output radix: ${value} (${remark})`;
  if (name === 'console') return 'console: not set';
  if (name === 'offline') return `      offline: ${value}`;
  if (name === 'core')
    return `core: ${value} (${value === 'on' ? 'drop core' : 'do NOT drop core'} on error message)`;
  return `${name}: ${listed({ name, value, remark })}`;
}
