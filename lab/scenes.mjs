// What the lab's programs share: where things lie, what a scenario says of itself, and its truth on one dump.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const LAB = import.meta.dirname;
export const SUITES = ['bullseye', 'bookworm', 'trixie', 'sid'];
export const RUNS =
  process.env.INQUEST_LAB_RUNS ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'inquest', 'lab-runs');

/** Where the dump of a scenario on a suite's kernel lies. */
export const runFolder = (scenario, suite) => join(RUNS, suite, scenario);

export const scenarios = () => readdirSync(join(LAB, 'scenarios')).sort();

/** truth.json of a scenario as it is written, with its ${…} still open. */
export const plan = (scenario) =>
  JSON.parse(readFileSync(join(LAB, 'scenarios', scenario, 'truth.json'), 'utf8'));

/** The dumps of one run, by file name: `vmcore`, and `vmcore.WAY` for each further way. */
export const dumpsOf = (folder) =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /^vmcore(\.|$)/.test(name))
        .sort()
    : [];

/** What the guest said of itself on its console: `TRUTH name=value`. */
export function said(console) {
  const values = {};
  for (const [, name, value] of console.matchAll(/^.*?TRUTH ([\w.-]+)=([^\r\n]*?)\r?$/gm))
    values[name] = value;
  return values;
}

/** A template with each ${name} replaced; names may hold names. A name that was never said stays as it is. */
export function filled(template, values) {
  const once = (text) => text.replace(/\$\{([\w.-]+)\}/g, (whole, name) => values[name] ?? whole);
  let text = JSON.stringify(template);
  for (let i = 0; i < 3; i++) text = once(text);
  return JSON.parse(text);
}
