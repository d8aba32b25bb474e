// `inquest completion SHELL`: the script that completes inquest in the user's own shell.
import { UsageError } from './arguments.ts';
import { bashScript } from './completion/bash.ts';
import { declaredCommands, declaredWays } from './completion/declared.ts';
import { fishScript } from './completion/fish.ts';
import { zshScript } from './completion/zsh.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** @throws UsageError */
export async function run(words: readonly string[]): Promise<number> {
  const [shell = '', ...more] = words;
  if (more.length > 0 || !Object.hasOwn(scripts, shell))
    throw new UsageError('completion takes one shell; write: inquest completion bash, zsh or fish');
  const script = scripts[shell as keyof typeof scripts];
  process.stdout.write(script(declaredWays, await declaredCommands()));
  return 0;
}
