import { Argument, type Command } from 'commander';
import { idsIn } from '../../config/folder.ts';
import { candidates, type KnownIds } from '../completion/candidates.ts';
import { answerFor, completionScript, SHELLS, type Shell } from '../completion/scripts.ts';
import { examples, type CommandContext } from './context.ts';
import { PROGRAM } from '../../contract/commands.ts';

/** Adds `completion <shell>`. */
export function defineCompletion(program: Command, { surroundings }: CommandContext): void {
  const { env, out } = surroundings;
  program
    .command('completion')
    .description('print the script that lets a shell complete commands, options and names at Tab')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .argument('[words...]', 'after --: what is typed so far; how the script asks what may come next')
    .addHelpText('after', HOW)
    .addHelpText(
      'after',
      examples(
        ['completion bash', `in ~/.bashrc: source <(${PROGRAM} completion bash)`],
        ['completion zsh', `in ~/.zshrc, after compinit: source <(${PROGRAM} completion zsh)`],
        ['completion fish', `into ~/.config/fish/completions/${PROGRAM}.fish`],
      ),
    )
    .action(async (shell: Shell, words: string[]) => {
      if (words.length === 0) return void out.write(completionScript(shell));
      const found = candidates(program, words, await knownIds(env));
      const lines = answerFor(shell, found);
      out.write(lines.map((line) => `${line}\n`).join(''));
    });
}

const HOW = `
Names of activations and destinations are read from the project folder (ACTITO_SYNC_PROJECT). The script holds the path
of this installation: print it anew when that moves.`;

/** By the names of their files: that is quick, and works in a folder that is not valid yet, or not there. */
async function knownIds(env: NodeJS.ProcessEnv): Promise<KnownIds> {
  const folder = env.ACTITO_SYNC_PROJECT;
  if (!folder) return { activations: [], destinations: [] };
  return {
    activations: await idsIn(folder, 'activations'),
    destinations: await idsIn(folder, 'destinations'),
  };
}
