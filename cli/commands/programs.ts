import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { examples } from '../options.ts';

/** Adds `demo`. */
export function defineDemo(program: Command, { launch }: CommandContext): void {
  program
    .command('demo')
    .description('run a demo: a shop, its segment, a simulated Actito')
    .option('--keep', 'stay up afterwards, to look around and to try commands')
    .addHelpText('after', DEVELOPMENT)
    .addHelpText(
      'after',
      examples(['demo', 'about a minute'], ['demo --keep', 'with the commands to go on with']),
    )
    .action(({ keep }: { keep?: boolean }) => launch?.('demo', keep ? ['--keep'] : []));
}

/** Adds `dev [folder]`. */
export function defineDev(program: Command, { launch }: CommandContext): void {
  program
    .command('dev')
    .description('run a local stack for a project folder')
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
      launch?.('dev', [...(seed ? ['--seed', seed] : []), ...(folder ? [folder] : [])]),
    );
}

const WHAT = `
The stack: PostgreSQL, Temporal, a simulated Actito and a worker.
A source whose variable is set is read there; otherwise an empty database is made for it. No destination is called: each
is replaced by a simulator that has its entity, table and attributes, and contacts for most members of the segments.
Nothing is kept after Ctrl-C.`;
const DEVELOPMENT = `
Needs a checkout with its development dependencies (npm install).`;
