import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { examples, JSON_OPTION } from '../options.ts';
import { showInspection } from './inspect.ts';

const WHAT = `
It writes nothing. For each route: whether Actito documents it (D), its path, the HTTP status, the names of the fields in
the response, and settings that follow. The report contains no keys, ids or values, and no names of your entities, tables
and lists. The names of fields can include those of your attributes.

It exits with 1 if a route that is read differs, fails, or is missing although Actito documents it or the destination
uses it.`;

/** Adds `contract`: check. */
export function defineContract(program: Command, context: CommandContext): void {
  program
    .command('contract')
    .description('compare Actito with the assumptions about its API')
    .command('check')
    .description('compare what Actito answers with the contract')
    .argument('<destination>', 'file name in destinations/, without .yaml')
    .option('--json', JSON_OPTION)
    .addHelpText('after', WHAT)
    .addHelpText(
      'after',
      examples(
        ['contract check actito', 'a report to read, or to send to the maintainers'],
        ['contract check actito --json', 'for a program'],
      ),
    )
    .action((destination: string, { json = false }: { json?: boolean }) =>
      showInspection({ destination, what: 'contract' }, json, context),
    );
}
