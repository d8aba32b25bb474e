// cspell:ignore CWORD COMPREPLY esac mapfile compgen compopt bashdefault
// https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html
import type { DeclaredCommand, DeclaredWay, Value } from './declared.ts';

export const bashScript = (
  ways: readonly DeclaredWay[],
  commands: readonly DeclaredCommand[],
): string => `# Completion of inquest for bash. Made by: inquest completion bash
_inquest() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  local commands='${commands.map(({ name }) => name).join(' ')}'
  local options= operands= behind= dashes= i
  COMPREPLY=()
  # bash cuts --color=never at the sign.
  [[ $word == = ]] && word=
  [[ $before == = ]] && before=\${COMP_WORDS[COMP_CWORD-2]}
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ \${COMP_WORDS[i]} == -- ]] && dashes=yes
  done
  case \${COMP_WORDS[1]} in
${ways.map(wayCase).join('\n')}
  esac
  if [[ -n $dashes ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$behind" -- "$word")
    return
  fi
  case $before in
${valueCases(ways).join('\n')}
  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
  elif ((COMP_CWORD == 1)); then
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -W '${wordsOf(ways).join(' ')}' -- "$word"; compgen -f -- "$word")
  elif [[ $operands == PID ]]; then
    ${NO_FILES}
    mapfile -t COMPREPLY < <(compgen -W "$(cd /proc && echo [0-9]*)" -- "$word")
  elif [[ -n $operands ]]; then
    ${NO_FILES}
    mapfile -t COMPREPLY < <(compgen -W "$operands" -- "$word")
  fi
}
# Where it offers nothing stand files.
complete -o bashdefault -o default -F _inquest inquest
`;

/** What is offered is all there can be. */
const NO_FILES = 'compopt +o default +o bashdefault';

const wordsOf = (ways: readonly DeclaredWay[]): string[] => ways.flatMap(({ word }) => word ?? []);

/** The shell comes last: it has no word of its own. */
function wayCase({ word, options, operands, commands }: DeclaredWay): string {
  const words = options.flatMap((option) => option.words).join(' ');
  const offered = commands === 'operands' ? '$commands' : operandWords(operands);
  const sets = [
    `options='${words}'`,
    ...(offered ? [`operands=${offered.startsWith('$') ? offered : `'${offered}'`}`] : []),
    ...(commands === 'none' ? [] : ['behind=$commands']),
  ];
  return `    ${word ?? '*'}) ${sets.join(' ')} ;;`;
}

const operandWords = (value: Value): string =>
  typeof value === 'object' ? value.join(' ') : value === 'process' ? 'PID' : '';

/** What stands behind an option that takes a value: one of its words, or what bash offers by itself. */
function valueCases(ways: readonly DeclaredWay[]): string[] {
  const cases = new Set<string>();
  for (const { words, value } of ways.flatMap(({ options }) => options)) {
    if (!value) continue;
    const { takes } = value;
    const offer =
      typeof takes === 'object'
        ? `mapfile -t COMPREPLY < <(compgen -W '${takes.join(' ')}' -- "$word"); return`
        : takes === 'file'
          ? 'return'
          : `${NO_FILES}; return`;
    cases.add(`    ${words.join(' | ')}) ${offer} ;;`);
  }
  return [...cases];
}
