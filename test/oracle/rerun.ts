// What a verdict shows, shown again: each of its commands through `inquest run`, a process of its own.
import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import type { Verdict } from '../../src/rules/kit/verdict.ts';

interface Result {
  readonly command: string;
  readonly ok: boolean;
  readonly text?: string;
}

/** @returns what the program wrote, as JSON */
function inquest<T>(...words: readonly string[]): T {
  const { stdout, stderr, status } = spawnSync('bin/inquest', words, {
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 1 << 28,
  });
  if (stdout === '') throw new Error(`inquest ${words.join(' ')}: ${status}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** Every command of the verdict on a dump has an answer, and prints what the verdict shows, in its order. */
export function expectCommandsToShow(dump: string): void {
  const { evidence, exonerated, next } = inquest<Verdict>('why', dump, '--json');
  const items: readonly { readonly command: string; readonly output?: string }[] = [
    ...evidence,
    ...exonerated,
    ...next,
  ];
  if (items.length === 0) return;
  const commands = [...new Set(items.map(({ command }) => command))];
  const { results } = inquest<{ results: readonly Result[] }>(
    'run',
    dump,
    '--json',
    '--',
    ...commands,
  );
  const texts = new Map(results.map(({ command, ok, text }) => [command, ok ? text : undefined]));
  for (const { command, output } of items) {
    const text = texts.get(command);
    expect(text, `${dump}: ${command}`).toBeTruthy();
    if (output !== undefined) expectInOrder(`${dump}: ${command}`, text ?? '', output);
  }
}

/** Each line stands in the answer, none before the one shown before it. */
function expectInOrder(what: string, text: string, output: string): void {
  const lines = text.split('\n');
  let from = 0;
  for (const line of output.split('\n')) {
    const at = lines.indexOf(line, from);
    expect(at, `${what}\nshows no line: ${line}`).toBeGreaterThanOrEqual(0);
    from = at + 1;
  }
}
