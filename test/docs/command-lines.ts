import type { Command } from 'commander';
import { blocksOf, proseOf } from './pages.ts';

/** How a page calls the program. */
const CALL = /^(?:npx )?actito-sync(?= |$)|^node (?:--env-file=\S+ )?dist\/cli\/main\.js(?= |$)/;
/** Where a container or another program is instructed to run it. */
const INSIDE = /^docker compose .* (node dist\/cli\/main\.js .*)$/;

/** The command lines of a page: in its code blocks, and between backticks in its text. */
export function commandLinesOf(page: string, text: string): string[] {
  const inBlocks = blocksOf(page, text).flatMap(({ text: block }) => block.split('\n'));
  const inText = [...proseOf(text).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
  return [...inBlocks, ...inText].flatMap((written) => {
    const line = written.trim().replace(/^\$ /, '');
    const call = INSIDE.exec(line)?.[1] ?? line;
    return CALL.test(call) ? [call] : [];
  });
}

/**
 * The error in a command line; undefined: the program has this command, with these options and as many
 * arguments.
 */
export function faultOf(line: string, program: Command): string | undefined {
  const words = wordsOf(line.replace(CALL, ''));
  const isCut = words.includes('…');
  const rest = words.filter((word) => word !== '…');
  let command = program;
  while (command.commands.length > 0) {
    const name = rest[0];
    if (name === undefined || name === '--help') return undefined;
    const inner = command.commands.find((each) => each.name() === name || each.aliases().includes(name));
    if (!inner) return `there is no command "${name}"`;
    command = inner;
    rest.shift();
  }
  const given: string[] = [];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!word.startsWith('-') || word === '-') given.push(word);
    else if (word !== '--help') {
      const [flag] = word.split('=');
      const option = optionOf(command, flag!);
      if (!option) return `"${command.name()}" has no option ${flag}`;
      if (option.required && !word.includes('=') && rest.shift() === undefined && !isCut)
        return `${flag} needs a value`;
    }
  }
  if (words.includes('--help') || isCut) return undefined;
  const { registeredArguments: known } = command;
  const least = known.filter(({ required }) => required).length;
  const most = known.some(({ variadic }) => variadic) ? Infinity : known.length;
  const isWrong = given.length < least || given.length > most;
  return isWrong && given.length > 0 ? `"${command.name()}" takes other arguments` : undefined;
}

function optionOf(command: Command | null, flag: string): Command['options'][number] | undefined {
  if (!command) return undefined;
  const own = command.options.find(({ long, short }) => long === flag || short === flag);
  return own ?? optionOf(command.parent, flag);
}

/** The words of a command line as a shell reads them, up to a comment, a pipe or a redirection. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/"[^"]*"|'[^']*'|\S+/g)) {
    if (/^(?:#|\||;|&&|>|<$|\(|\[)/.test(word)) break;
    words.push(word.replace(/^(["'])(.*)\1$/, '$2').replace(/[;)]$/, ''));
  }
  return words;
}
