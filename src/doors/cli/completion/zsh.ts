// cspell:ignore compdef esac fpath funcstack
// https://zsh.sourceforge.io/Doc/Release/Completion-System.html#Completion-Functions
import type { DeclaredCommand, DeclaredOption, DeclaredWay, Value } from './declared.ts';

export const zshScript = (
  ways: readonly DeclaredWay[],
  commands: readonly DeclaredCommand[],
): string => `#compdef inquest
# Completion of inquest for zsh. Made by: inquest completion zsh
_inquest() {
  local -a ways commands
  ways=(
${ways.flatMap(({ word, summary }) => (word ? [described(word, summary)] : [])).join('\n')}
  )
  commands=(
${commands.map(({ name, summary }) => described(name, summary)).join('\n')}
  )
  if ((CURRENT > 2)) && ((\${words[(I)--]} > 0)) && ((\${words[(I)--]} < CURRENT)); then
    _describe -t commands command commands
    return
  fi
  if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then
    _alternative 'ways:way:{_describe way ways}' 'dumps:dump:_files'
    return
  fi
  case $words[2] in
${ways.map(wayCase).join('\n')}
  esac
}
_inquest_commands() { _describe -t commands command commands }
# In a folder of $fpath this file is the function; sourced, it only says that there is one.
if [[ $funcstack[1] == _inquest ]]; then _inquest "$@"; else compdef _inquest inquest; fi
`;

/** In single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const described = (word: string, text: string): string =>
  `    ${quoted(`${word.replaceAll(':', '\\:')}:${text}`)}`;

function wayCase({ word, options, operands, commands }: DeclaredWay): string {
  const specs = options.map(optionSpec);
  const rest =
    commands === 'operands' ? '*:command:_inquest_commands' : `*:operand:${action(operands)}`;
  return `    ${word ?? '*'})
      ${word ? 'shift words; ((CURRENT--)); ' : ''}_arguments -S \\
        ${[...specs, quoted(rest)].join(' \\\n        ')} ;;`;
}

/** `(-v --verbose)-v[help]`: each spelling excludes the others. */
function optionSpec({ words, help, value }: DeclaredOption): string {
  const text = help.replace(/[[\]:\\]/g, '\\$&');
  const others = words.length > 1 ? `(${words.join(' ')})` : '';
  const behind = value ? `:${value.name}:${action(value.takes)}` : '';
  return words
    .map((word) =>
      quoted(`${others}${word}${value && word.startsWith('--') ? '=' : ''}[${text}]${behind}`),
    )
    .join(' ');
}

function action(value: Value): string {
  if (typeof value === 'object') return `(${value.join(' ')})`;
  return { file: '_files', process: '_pids', anything: ' ' }[value];
}
