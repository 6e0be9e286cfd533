import type { Command, Option } from 'commander';

/** A word that may stand next. */
export interface Candidate {
  word: string;
  /** One line. */
  description: string;
}

/** What may stand next: one of these words, or the name of a file or folder. */
export type Candidates = Candidate[] | 'files';

/** The ids of a project, for the arguments that ask for one. */
export interface KnownIds {
  activations: string[];
  destinations: string[];
}

/**
 * What may stand at the end of a command line, read from commander's own tree of commands.
 * @param words after the program's name; the last one is what is being typed, perhaps empty
 */
export function candidates(program: Command, words: readonly string[], ids: KnownIds): Candidates {
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
  if (asked) return asked.flags.includes('<file>') ? 'files' : [];
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

/** The commands inside, or the values of the argument at this place. */
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
