// https://fishshell.com/docs/current/completions.html
import type { DeclaredCommand, DeclaredOption, DeclaredWay, Value } from './declared.ts';

export const fishScript = (
  ways: readonly DeclaredWay[],
  commands: readonly DeclaredCommand[],
): string => {
  const words = ways.flatMap(({ word }) => word ?? []);
  return `# Completion of inquest for fish. Made by: inquest completion fish
function __inquest_way
    set -l words (commandline -opc)
    contains -- -- $words; and return 1
    switch "$words[2]"
        case ${words.join(' ')}
            test "$words[2]" = "$argv[1]"
        case '*'
            test "$argv[1]" = shell
    end
end
function __inquest_commands
    set -l words (commandline -opc)
    contains -- -- $words; and contains -- "$words[2]" $argv
end
function __inquest_first
    test (count (commandline -opc)) -eq 1
end
${ways.flatMap(wayLines).join('\n')}
${commandLines(ways, commands).join('\n')}
`;
};

const quoted = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const line = (condition: string, ...words: readonly string[]): string =>
  ['complete -c inquest -n', quoted(condition), ...words].join(' ');

function wayLines({ word, summary, options, operands }: DeclaredWay): string[] {
  const isThis = `__inquest_way ${word ?? 'shell'}`;
  const first = word ? [line('__inquest_first', '-a', word, '-d', quoted(summary))] : [];
  const offered = offer(operands);
  return [
    ...first,
    ...options.map((option) => optionLine(isThis, option)),
    ...(offered === undefined ? [] : [line(isThis, '-f', '-a', quoted(offered))]),
  ];
}

function optionLine(condition: string, { words, help, value }: DeclaredOption): string {
  const spellings = words.map((word) =>
    word.startsWith('--') ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`,
  );
  const offered = value && offer(value.takes);
  const takes = !value
    ? []
    : value.takes === 'file'
      ? ['-r', '-F']
      : ['-x', ...(offered ? ['-a', quoted(offered)] : [])];
  return line(condition, ...spellings, ...takes, '-d', quoted(help));
}

/** Undefined: files, as everywhere. */
function offer(value: Value): string | undefined {
  if (typeof value === 'object') return value.join(' ');
  return { file: undefined, process: '(__fish_complete_pids)', anything: '' }[value];
}

function commandLines(
  ways: readonly DeclaredWay[],
  commands: readonly DeclaredCommand[],
): string[] {
  const taking = (how: DeclaredWay['commands']) =>
    ways.flatMap((way) => (way.commands === how ? (way.word ?? []) : []));
  const conditions = [
    `__inquest_commands ${taking('behind dashes').join(' ')}`,
    ...taking('operands').map((word) => `__inquest_way ${word}`),
  ];
  return conditions.flatMap((condition) =>
    commands.map(({ name, summary }) => line(condition, '-f', '-a', name, '-d', quoted(summary))),
  );
}
