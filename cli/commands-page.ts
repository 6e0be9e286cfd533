import { PassThrough } from 'node:stream';
import type { Argument, Command } from 'commander';
import type { CommandContext } from './context.ts';
import { EXIT_CODES } from './options.ts';
import { createProgram } from './program.ts';

/** The README's list of commands lies between these lines. */
const MARKERS = { begin: '<!-- commands -->', end: '<!-- /commands -->' };

const HEAD = `# Commands

Made by \`npm run commands\` from the definitions of the commands: each text is what \`--help\` prints.

What the reading commands print with \`--json\` is described by the JSON Schemas in [schemas/output/](../schemas/output/), one for each
command (\`rejects --reason Unmatched\`: unmatched; \`forgotten <record>\`: forgotten-record; a run's result: plan).
`;

/** docs/commands.md: every command with its usage, options and examples, as its help shows them. */
export async function commandsPage(): Promise<string> {
  const printed: string[] = [];
  const program = await createProgram(contextFor((text) => printed.push(text)));
  const sections = leaves(program).map((command) => {
    printed.length = 0;
    command.outputHelp();
    const help = printed.join('').replace(EXIT_CODES, '').trim();
    return `## ${name(command)}\n\n\`\`\`text\n${help}\n\`\`\`\n`;
  });
  const exitCodes = `## Exit codes\n\n${EXIT_CODES.replace(/^Exit codes: /, '').replace(/\s*·\s*/g, '\n')}`;
  return [HEAD, commandTable(program), '', ...sections, exitCodes.replace(/^(\d+) /gm, '- `$1` '), ''].join(
    '\n',
  );
}

/** A README with the current list of commands between its markers; one without markers stays as it is. */
export async function withCommandTable(readme: string): Promise<string> {
  const [begin, end] = [readme.indexOf(MARKERS.begin), readme.indexOf(MARKERS.end)];
  if (begin < 0 || end < begin) return readme;
  const table = commandTable(await createProgram(contextFor(() => undefined)));
  return `${readme.slice(0, begin + MARKERS.begin.length)}\n${table}\n${readme.slice(end)}`;
}

/** The words of each command that does something, such as `schedule apply`. */
export async function commandNames(): Promise<string[][]> {
  return leaves(await createProgram(contextFor(() => undefined))).map((command) => words(command).slice(1));
}

/** A context in which nothing is run, only printed. */
function contextFor(print: (text: string) => void): CommandContext {
  const out = new PassThrough();
  out.on('data', () => undefined);
  const write = ((text: string) => {
    print(text);
    return true;
  }) as typeof out.write;
  const nothing = async () => undefined;
  const { signal } = new AbortController();
  return {
    env: {},
    out: Object.assign(out, { write }),
    err: out,
    signal,
    connected: nothing,
    local: nothing,
  };
}

/** The commands of a program as a table of Markdown, in the order of its help. */
function commandTable(program: Command): string {
  const rows = leaves(program).map((command) => `| \`${usage(command)}\` | ${cell(command.description())} |`);
  return ['| command | what it does |', '|---|---|', ...rows].join('\n');
}

/** Commands that do something themselves; what only holds others is left out. */
function leaves(command: Command): Command[] {
  const visible = command.createHelp().visibleCommands(command);
  const own = command.commands.filter((inner) => visible.includes(inner));
  return own.flatMap((inner) => (inner.commands.length > 0 ? leaves(inner) : [inner]));
}

function words(command: Command): string[] {
  const names: string[] = [];
  for (let each: Command | null = command; each; each = each.parent) names.unshift(each.name());
  return names;
}

function name(command: Command): string {
  return words(command).slice(1).join(' ');
}

function usage(command: Command): string {
  return [...words(command), ...command.registeredArguments.map(inBrackets)].join(' ');
}

function inBrackets(argument: Argument): string {
  const name = argument.name() + (argument.variadic ? '...' : '');
  return argument.required ? `<${name}>` : `[${name}]`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}
