// What TAB offers behind `|`, `>` and `!`: programs and files, which have nothing to do with the dump.
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bounded, matching } from './candidates.ts';
import { directionAt } from './line.ts';
import type { Completion } from './protocol.ts';

/** What can be written without quotes. */
const PLAIN = /^[\w.,+@%:=~-]+$/;

/** @returns undefined: the cursor stands in a command of inquest */
export function completeOutside(
  text: string,
  { PATH: path = '', HOME: home = '' }: Readonly<Record<string, string | undefined>> = process.env,
): Completion | undefined {
  const line = text.trimStart();
  const at = line.startsWith('!') ? 0 : directionAt(line);
  if (at < 0) return undefined;
  const [, before = '', word = ''] = /^(.*?)([^\s|;&<>()]*)$/s.exec(line.slice(at + 1)) ?? [];
  const isProgram = line[at] !== '>' && /(?:^|[|;&(])\s*$/.test(before) && !word.includes('/');
  return bounded(isProgram ? programs(word, path) : files(word, home), word);
}

/** Names with nothing typed are too many to help. */
const programs = (start: string, path: string): string[] =>
  start === ''
    ? []
    : path
        .split(':')
        .filter((folder) => folder.startsWith('/'))
        .flatMap((folder) => matching(entries(folder), start).filter(isProgramIn(folder)))
        .sort();

const isProgramIn =
  (folder: string) =>
  (name: string): boolean => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };

/** Folders end with `/`: what is in them comes next. */
function files(word: string, home: string): string[] {
  const slash = word.lastIndexOf('/') + 1;
  const [folder, start] = [word.slice(0, slash), word.slice(slash)];
  const place = folder.replace(/^~(?=\/)/, home) || '.';
  return matching(entries(place), start)
    .filter((name) => start.startsWith('.') || !name.startsWith('.'))
    .map((name) => `${folder}${name}${isFolder(join(place, name)) ? '/' : ''}`);
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => PLAIN.test(name));
  } catch {
    return [];
  }
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
