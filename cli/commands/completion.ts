import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Argument, type Command, type Option } from 'commander';
import { PROGRAM } from '../../contract/commands.ts';
import type { CommandContext } from '../context.ts';
import { examples } from '../options.ts';
import { createProgram } from '../program.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** The scripts complete file names when they receive this. No word of ours begins with a colon. */
const FILES = ':files';

export function defineCompletion(program: Command, context: CommandContext): void {
  const { env, out } = context;
  program
    .command('completion')
    .description('print the completion script for a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .argument('[words...]', 'after --: the words typed so far; the script passes them')
    .addHelpText('after', HOW)
    .addHelpText(
      'after',
      examples(
        ['completion bash', `in ~/.bashrc: source <(${PROGRAM} completion bash)`],
        ['completion zsh', `in ~/.zshrc, after compinit: source <(${PROGRAM} completion zsh)`],
        ['completion fish', `save as ~/.config/fish/completions/${PROGRAM}.fish`],
      ),
    )
    .action(async (shell: Shell, words: string[]) => {
      if (words.length === 0) return void out.write(completionScript(shell));
      const all = await createProgram(context);
      const found = candidates(all, words, await knownIds(folderIn(words) ?? env.ACTITO_SYNC_PROJECT));
      const lines = answerFor(shell, found);
      out.write(lines.map((line) => `${line}\n`).join(''));
    });
}

const HOW = `
Names of activations and destinations come from the project folder (ACTITO_SYNC_PROJECT). The script contains the path
of this installation: print the script again after the installation has moved.`;

/** The value of `--project` in the typed words. */
function folderIn(words: readonly string[]): string | undefined {
  const at = words.indexOf('--project');
  return at < 0 ? undefined : words[at + 1];
}

/** Uses only file names: this is fast, and works in a folder that is invalid or does not exist yet. */
async function knownIds(folder: string | undefined): Promise<KnownIds> {
  if (!folder) return { activations: [], destinations: [] };
  return {
    activations: await idsIn(join(folder, 'activations')),
    destinations: await idsIn(join(folder, 'destinations')),
  };
}

/** Lists ids by file name. config/folder.ts does the same, but loads too slowly for a Tab. */
async function idsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder).catch(() => []); // an unreadable folder has none
  return entries
    .filter((entry) => /^[^.].*\.ya?ml$/.test(entry))
    .sort()
    .map((entry) => entry.replace(/\.ya?ml$/, ''));
}

/** A word that can come next. */
interface Candidate {
  word: string;
  description: string;
}

/** What can come next: one of these words, or the name of a file or folder. */
type Candidates = Candidate[] | 'files';

/** The ids of a project, for arguments that expect one. */
interface KnownIds {
  activations: string[];
  destinations: string[];
}

/**
 * Returns the possible last words of a command line, from commander's tree of commands.
 * @param words after the program's name; the last one is incomplete and can be empty
 */
function candidates(program: Command, words: readonly string[], ids: KnownIds): Candidates {
  const typed = words.at(-1) ?? '';
  let command = program;
  let positional = 0;
  let asked: Option | undefined; // the option whose value comes next
  let optionsEnded = false;
  for (const word of words.slice(0, -1)) {
    if (asked) asked = undefined;
    else if (word === '--') optionsEnded = true;
    else if (word.startsWith('-') && !optionsEnded) asked = takesValue(command, word);
    else {
      const inner = command.commands.find((each) => each.name() === word);
      if (inner) command = inner;
      else positional++;
    }
  }
  if (asked) return /<(file|folder)>/.test(asked.flags) ? 'files' : [];
  const found = typed.startsWith('-') && !optionsEnded ? options(command) : next(command, positional, ids);
  return found === 'files' ? found : found.filter(({ word }) => word.startsWith(typed));
}

function takesValue(command: Command, word: string): Option | undefined {
  return command.options.find(({ long, short, required }) => required && [long, short].includes(word));
}

function options(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map(({ long, description }) => ({ word: long!, description }));
}

/** Returns the subcommands, or the values of the argument at this position. */
function next(command: Command, positional: number, { activations, destinations }: KnownIds): Candidates {
  if (command.commands.length > 0) {
    const visible = positional === 0 ? command.createHelp().visibleCommands(command) : [];
    return visible.map((inner) => ({ word: inner.name(), description: inner.description() }));
  }
  const argument = command.registeredArguments[positional];
  const all = (words: readonly string[], description: string) => words.map((word) => ({ word, description }));
  switch (argument?.name()) {
    case 'activation':
      return all(activations, 'activation');
    case 'destination':
      return all(destinations, 'destination');
    case 'target':
      return [...all(activations, 'activation'), ...all(destinations, 'destination')];
    case 'folder':
      return 'files';
    default:
      return all(argument?.argChoices ?? [], '');
  }
}

/** Formats candidates for a shell's script, one on each line. */
function answerFor(shell: Shell, found: Candidates): string[] {
  if (found === 'files') return [FILES];
  return found.map(({ word, description }) => {
    const inOneLine = description.replace(/\s+/g, ' ');
    if (shell === 'bash' || inOneLine === '') return word;
    return shell === 'zsh' ? `${word.replaceAll(':', '\\:')}:${inOneLine}` : `${word}\t${inOneLine}`;
  });
}

/**
 * Returns the script that a shell loads. At each Tab it calls this program by its path. It therefore works with an
 * alias or `npx`, and matches the current version and project folder.
 */
function completionScript(shell: Shell): string {
  const self = [process.execPath, ownPath(), 'completion', shell, '--'].map(quoted).join(' ');
  return SCRIPTS[shell](self);
}

const SCRIPTS: Record<Shell, (self: string) => string> = {
  bash: (self) => `# Completion of ${PROGRAM} for bash; in ~/.bashrc: source <(${PROGRAM} completion bash)
_actito_sync() {
  local IFS=$'\\n'
  COMPREPLY=($(${self} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  if [ "\${COMPREPLY[0]}" = '${FILES}' ]; then
    COMPREPLY=()
    compopt -o default 2>/dev/null
  fi
}
complete -F _actito_sync ${PROGRAM}
`,
  zsh: (self) => `#compdef ${PROGRAM}
# Completion of ${PROGRAM} for zsh; in ~/.zshrc, after compinit: source <(${PROGRAM} completion zsh)
_actito_sync() {
  local -a answer
  answer=("\${(@f)$(${self} "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ \${answer[1]} == '${FILES}' ]]; then
    _files
  else
    _describe '${PROGRAM}' answer
  fi
}
compdef _actito_sync ${PROGRAM}
`,
  fish: (
    self,
  ) => `# Completion of ${PROGRAM} for fish; once: ${PROGRAM} completion fish > ~/.config/fish/completions/${PROGRAM}.fish
function __actito_sync_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l answer (${self} $words[2..-1] 2>/dev/null)
  if test "$answer[1]" = '${FILES}'
    __fish_complete_path (commandline -ct)
  else
    printf '%s\\n' $answer
  end
end
complete -c ${PROGRAM} -f -a '(__actito_sync_complete)'
`,
};

/** The path that node runs: the file of the build or, in a checkout, the program that finds the sources. */
function ownPath(): string {
  const isBuild = import.meta.url.endsWith('.js');
  return fileURLToPath(new URL(isBuild ? '../main.js' : '../../bin/actito-sync.js', import.meta.url));
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
