import type { Command } from 'commander';
import type { AttributeInfo, InspectRequest, InspectResult, ListInfo } from '../../contract/inspect.ts';
import type { CommandContext } from '../context.ts';
import { describeContract, hasFailedCheck } from './contract-report.ts';
import { describeDirectory, hasRefusedExport } from './directory-report.ts';
import { EXIT } from '../exit-codes.ts';
import { waiting } from '../follow.ts';
import { examples, JSON_OPTION } from '../options.ts';
import { jsonOf } from '../output.ts';
import { table, tableWidth } from '../table.ts';
import { inWords } from '../words.ts';

const WHAT = {
  attributes: 'show the attributes of the profile table and their mappings',
  lists: 'show the external target lists in Actito',
};

export function defineAttributes(program: Command, context: CommandContext): void {
  define('attributes', program, context);
}

export function defineLists(program: Command, context: CommandContext): void {
  define('lists', program, context);
}

function define(what: 'attributes' | 'lists', program: Command, context: CommandContext): void {
  program
    .command(what)
    .description(WHAT[what])
    .argument('<destination>', 'file name in destinations/, without .yaml')
    .option('--json', JSON_OPTION)
    .addHelpText(
      'after',
      examples([`${what} actito`, 'as a table'], [`${what} actito --json`, 'for a program']),
    )
    .action((destination: string, { json = false }: { json?: boolean }) =>
      showInspection({ destination, what }, json, context),
    );
}

/** Prints what the worker reads from Actito. */
export async function showInspection(
  request: InspectRequest,
  json: boolean,
  context: CommandContext,
): Promise<void> {
  const { env, out } = context;
  const { checkDestination } = await import('../project.ts');
  await checkDestination(request.destination, env);
  await context.connected(async (client) => {
    const result = await client.inspect(request, waiting(context));
    const lines = json ? [inspectionJson(result)] : describeInspection(result, { width: tableWidth(out) });
    out.write(`${lines.join('\n')}\n`);
    return hasFailed(result) ? EXIT.failed : EXIT.ok;
  });
}

function hasFailed(result: InspectResult): boolean {
  if (result.what === 'contract') return hasFailedCheck(result);
  return result.what === 'directory' && hasRefusedExport(result);
}

function inspectionJson(result: InspectResult): string {
  if (result.what === 'contract') return jsonOf('contractCheck', result);
  if (result.what === 'directory') return jsonOf('directoryRefresh', result);
  return result.what === 'attributes' ? jsonOf('attributes', result) : jsonOf('lists', result);
}

const NOTHING = '–';

/** Describes what exists in Actito, line by line. `now` is the reference for "in 2 days". */
export function describeInspection(
  result: InspectResult,
  { width, now = Date.now() }: { width: number; now?: number },
): string[] {
  if (result.what === 'contract') return describeContract(result);
  if (result.what === 'directory') return describeDirectory(result);
  const { destination, more } = result;
  const rest = more > 0 ? [`… and ${more} more (not shown)`] : [];
  if (result.what === 'attributes') {
    const { profileTable, attributes } = result;
    const head = ['ATTRIBUTE', 'TYPE', 'LENGTH', 'UNIQUE', 'MANDATORY', 'MAPPED BY'];
    return [
      `Attributes of the profile table "${profileTable}" (destination ${destination})`,
      ...table(head, attributes.map(attributeRow), width),
      ...rest,
    ];
  }
  if (result.lists.length === 0) return [`The destination ${destination} has no external target lists.`];
  const head = ['LIST', 'PROFILES', 'EXPIRES', 'LAST FILE', 'ACTIVATION'];
  return [
    `External target lists (destination ${destination})`,
    ...table(
      head,
      result.lists.map((list) => listRow(list, now)),
      width,
    ),
    ...rest,
  ];
}

function attributeRow({ name, type, maxLength, unique, mandatory, mappedBy }: AttributeInfo): string[] {
  return [
    name,
    type,
    maxLength === undefined ? NOTHING : String(maxLength),
    unique ? 'yes' : 'no',
    mandatory ? 'yes' : 'no',
    mappedBy.join(', ') || NOTHING,
  ];
}

function listRow({ name, profiles, expires, file, owner, orphaned }: ListInfo, now: number): string[] {
  return [
    name,
    profiles === null ? NOTHING : String(profiles),
    expires === null ? NOTHING : expiry(expires, now),
    file ?? NOTHING,
    owner === null ? NOTHING : `${owner}${orphaned ? ' (no longer in the project)' : ''}`,
  ];
}

function expiry(moment: string, now: number): string {
  return Date.parse(moment) > now ? `${inWords(moment, now)} (${moment})` : `expired (${moment})`;
}
