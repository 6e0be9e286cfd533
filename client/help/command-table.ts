import type { Argument, Command } from 'commander';

/** The README's list of commands lies between these lines. */
export const MARKERS = { begin: '<!-- commands -->', end: '<!-- /commands -->' };

/** The commands of a program as a table of Markdown, in the order of its help. */
export function commandTable(program: Command): string {
  const rows = leaves(program).map((command) => `| \`${usage(command)}\` | ${cell(command.description())} |`);
  return ['| command | what it does |', '|---|---|', ...rows].join('\n');
}

/**
 * A README with another table between its markers.
 * @throws Error when it has not both of them, in their order
 */
export function withCommandTable(readme: string, table: string): string {
  const [begin, end] = [readme.indexOf(MARKERS.begin), readme.indexOf(MARKERS.end)];
  if (begin < 0 || end < begin)
    throw new Error(`The README must hold ${MARKERS.begin} and, after it, ${MARKERS.end}.`);
  return `${readme.slice(0, begin + MARKERS.begin.length)}\n${table}\n${readme.slice(end)}`;
}

/** Commands that do something themselves; what only holds others is left out. */
function leaves(command: Command): Command[] {
  return command.commands.flatMap((inner) => (inner.commands.length > 0 ? leaves(inner) : [inner]));
}

function usage(command: Command): string {
  const names: string[] = [];
  for (let each: Command | null = command; each; each = each.parent) names.unshift(each.name());
  return [...names, ...command.registeredArguments.map(inBrackets)].join(' ');
}

function inBrackets(argument: Argument): string {
  const name = argument.name() + (argument.variadic ? '...' : '');
  return argument.required ? `<${name}>` : `[${name}]`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}
