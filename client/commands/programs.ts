import type { Command } from 'commander';
import { examples, type CommandContext } from './context.ts';

/** Adds `demo`, and `dev [folder]`. */
export function definePrograms(program: Command, { surroundings }: CommandContext): void {
  program
    .command('demo')
    .description('a shop, its segment and a simulated Actito on this machine: three runs, and what they do')
    .option('--keep', 'stay up afterwards, to look around and to try commands')
    .addHelpText('after', DEVELOPMENT)
    .addHelpText(
      'after',
      examples(['demo', 'about a minute'], ['demo --keep', 'with the commands to go on with']),
    )
    .action(({ keep }: { keep?: boolean }) => surroundings.launch?.('demo', keep ? ['--keep'] : []));
  program
    .command('dev')
    .description(
      'all that a project folder needs on this machine: PostgreSQL, Temporal, a simulated Actito, a worker',
    )
    .argument('[folder]', 'default: ACTITO_SYNC_PROJECT')
    .option('--seed <file>', 'SQL that fills the warehouse that is made here')
    .addHelpText('after', WHAT)
    .addHelpText('after', DEVELOPMENT)
    .addHelpText(
      'after',
      examples(
        ['dev ./my-project', 'prints addresses, and what to export in another terminal'],
        ['dev ./my-project --seed shop.sql', 'with tables and rows to read'],
      ),
    )
    .action((folder: string | undefined, { seed }: { seed?: string }) =>
      surroundings.launch?.('dev', [...(seed ? ['--seed', seed] : []), ...(folder ? [folder] : [])]),
    );
}

const WHAT = `
A source whose variable is set is read there; otherwise an empty database is made for it. No destination is called: each
is replaced by a simulator that has its entity, table and attributes, and contacts for most members of the segments.
Nothing is kept after Ctrl-C.`;
const DEVELOPMENT = `
Needs a checkout with its development dependencies (npm install).`;
