// A command's own help, made from its declaration.
import { type AnyCommand, CommandError, type OptionSpec } from './define.ts';

/** What `help CMD` and `CMD -h` print. */
export function usage(command: AnyCommand): string {
  const options = Object.entries(command.options as Record<string, OptionSpec>);
  const rows = options.map(([letter, spec]) => [
    `-${letter}${spec.value ? ` ${spec.value}` : ''}`,
    spec.help,
  ]);
  const width = Math.max(0, ...rows.map(([left]) => (left as string).length));
  const lines = [
    'Usage:',
    `  ${synopsis(command)}`,
    '',
    `${command.name}: ${command.summary}.`,
    ...(command.details ?? []).flatMap((paragraph) => ['', ...wrap(paragraph, 80)]),
  ];
  if (rows.length > 0) {
    lines.push('', 'Options:');
    for (const [left = '', help = ''] of rows)
      for (const [i, line] of wrap(help, 80 - width - 4).entries())
        lines.push(`  ${(i === 0 ? left : '').padEnd(width)}  ${line}`);
  }
  if (command.examples.length > 0) {
    lines.push('', 'Examples:');
    const longest = Math.max(...command.examples.map(([line]) => line.length));
    for (const [line, shows] of command.examples) lines.push(`  ${line.padEnd(longest)}  ${shows}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The command has no such option, or other operands: crash's words. */
export const misused = (command: AnyCommand): CommandError =>
  new CommandError(
    'usage',
    `Usage:\n  ${synopsis(command)}\nEnter "help ${command.name}" for details.`,
  );

export function synopsis(command: AnyCommand): string {
  const options = Object.entries(command.options as Record<string, OptionSpec>);
  const flags = options.filter(([, spec]) => spec.type === 'boolean').map(([letter]) => letter);
  const valued = options
    .filter(([, spec]) => spec.type === 'string')
    .map(([letter, spec]) => `[-${letter} ${spec.value ?? 'VALUE'}]`);
  return [
    command.name,
    ...(flags.length > 0 ? [`[-${flags.join('')}]`] : []),
    ...valued,
    ...(command.operands ? [command.operands] : []),
  ].join(' ');
}

/** Words laid into lines of at most `width` columns. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  if (line) lines.push(line);
  return lines;
}
