import type { Command } from 'commander';
import type { DirectoryResult } from '../../contract/inspect.ts';
import { counted } from '../../contract/messages/words.ts';
import type { ReadExport, RefreshSummary } from '../../contract/steps.ts';
import type { CommandContext } from '../context.ts';
import { examples, JSON_OPTION } from '../options.ts';
import { showInspection } from './inspect.ts';

const WHAT = `
Each run does this as well, before it reads its segment. Use it to check a new export, or after an export was refused.`;

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

/** What was read into the profile directories of a destination, line by line. */
export function describeDirectory({ destination, directories }: DirectoryResult): string[] {
  return [`Profile directory of destination ${destination}`, ...directories.flatMap(linesOf)];
}

function linesOf({ attribute, read, notes, writtenAt }: RefreshSummary): string[] {
  const age = writtenAt === null ? 'no export was read yet' : `newest export of ${writtenAt}`;
  return [
    `Profiles by ${attribute}: ${age}`,
    ...(read.length === 0 ? ['  No new export.'] : read.map((one) => `  ✔ ${exportInWords(one)}`)),
    ...notes.flatMap(({ message }) => `  ! ${message}`),
  ];
}

function exportInWords({ file, kind, profiles, unusable }: ReadExport): string {
  const without = unusable > 0 ? `, ${unusable} with an unusable key` : '';
  return `${file} (${kind}): ${counted(profiles, 'profile')}${without}`;
}
