import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { examples, JSON_OPTION } from '../options.ts';
import { showInspection } from './inspect.ts';

const WHAT = `
Each run does this as well, before it reads its segment. Use it to check a new export, or after an export was refused. It exits
with 1 if an export is refused.`;

/** Adds `directory`: refresh. */
export function defineDirectory(program: Command, context: CommandContext): void {
  program
    .command('directory')
    .description("read the profiles that exist in Actito from Actito's exports")
    .command('refresh')
    .description('read the new exports of profiles into the profile directory')
    .argument('<destination>', 'file name in destinations/, without .yaml')
    .option('--accept <file>', 'use this full export although it has far fewer profiles than are known')
    .option('--json', JSON_OPTION)
    .addHelpText('after', WHAT)
    .addHelpText(
      'after',
      examples(
        ['directory refresh actito', 'read the files that are new'],
        [
          'directory refresh actito --accept profiles_full.csv',
          'more than half of the profiles are really gone',
        ],
      ),
    )
    .action((destination: string, { json = false, accept }: { json?: boolean; accept?: string }) =>
      showInspection(
        { destination, what: 'directory', ...(accept === undefined ? {} : { accept }) },
        json,
        context,
      ),
    );
}
