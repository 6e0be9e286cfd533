import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { examples } from '../options.ts';

export function defineDemo(program: Command, { launch }: CommandContext): void {
  program
    .command('demo')
    .description('run a demo: a shop, its segment, a simulated Actito')
    .option('--keep', 'keep everything running afterwards, to try commands')
    .addHelpText('after', DEVELOPMENT)
    .addHelpText(
      'after',
      examples(['demo', 'takes about a minute'], ['demo --keep', 'prints commands to try next']),
    )
    .action(({ keep }: { keep?: boolean }) => launch?.('demo', keep ? ['--keep'] : []));
}

export function defineDev(program: Command, { launch }: CommandContext): void {
  program
    .command('dev')
    .description('run a local stack for a project folder')
    .argument('[folder]', 'default: ACTITO_SYNC_PROJECT')
    .option('--seed <file>', 'SQL file that fills the warehouse of this stack')
    .addHelpText('after', WHAT)
    .addHelpText('after', DEVELOPMENT)
    .addHelpText(
      'after',
      examples(
        ['dev ./my-project', 'prints the addresses and the variables to export'],
        ['dev ./my-project --seed shop.sql', 'with tables and rows in the warehouse'],
      ),
    )
    .action((folder: string | undefined, { seed }: { seed?: string }) =>
      launch?.('dev', [...(seed ? ['--seed', seed] : []), ...(folder ? [folder] : [])]),
    );
}

const WHAT = `
The stack: PostgreSQL, Temporal, a simulated Actito and a worker.
A source is read from the database that its environment variable names; if the variable is not set, the stack creates an
empty database for the source. Actito is never called: a simulator replaces each destination. It has the entity, the
profile table, the attributes, and contacts for most members of the segments. Nothing is kept after Ctrl-C.`;
const DEVELOPMENT = `
Requires a checkout with its development dependencies (npm install).`;
