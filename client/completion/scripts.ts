import { fileURLToPath } from 'node:url';
import { PROGRAM } from '../../contract/commands.ts';
import type { Candidates } from './candidates.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What the scripts understand as: complete the name of a file. No word of ours begins so. */
const FILES = ':files';

/** Candidates as a shell's script reads them, a line each. */
export function answerFor(shell: Shell, found: Candidates): string[] {
  if (found === 'files') return [FILES];
  return found.map(({ word, description }) => {
    const inOneLine = description.replace(/\s+/g, ' ');
    if (shell === 'bash' || inOneLine === '') return word;
    return shell === 'zsh' ? `${word.replaceAll(':', '\\:')}:${inOneLine}` : `${word}\t${inOneLine}`;
  });
}

/**
 * The script that a shell loads. It asks this very program at each Tab, by its path, so that an alias or `npx` does not
 * matter, and what it offers is always of the version and the project folder that are in use.
 */
export function completionScript(shell: Shell): string {
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

/** What node has to run: the build's own file, or in a checkout the program that finds the sources. */
function ownPath(): string {
  const isBuild = import.meta.url.endsWith('.js');
  return fileURLToPath(new URL(isBuild ? '../main.js' : '../../bin/actito-sync.js', import.meta.url));
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
