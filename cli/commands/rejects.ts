import { Option, type Command } from 'commander';
import type { RejectReason } from '../../contract/messages/rejects.ts';
import type { CommandContext } from '../context.ts';
import { ACTIVATION, examples, hintAfterError, JSON_OPTION, READS_STATE, wholeNumber } from '../options.ts';

/** What was asked for. */
export interface RejectFlags {
  run?: number;
  reason?: string;
  key?: string;
  limit?: number;
  json?: boolean;
  csv?: boolean;
  showPersonalData?: boolean;
}

/** How many are shown, unless `--limit` says another number. */
export const ON_A_TERMINAL = 50;
/** The class of members that Actito has no profile of. It is a state that passes, not a reject. */
export const UNMATCHED = 'Unmatched' satisfies RejectReason;

/** Adds `rejects <activation>`. */
export function defineRejects(program: Command, context: CommandContext): void {
  const command = program.command('rejects');
  hintAfterError(command, (words) => words.length > 1, NOT_REJECT);
  command
    .description('list rejected rows and values, or unmatched members')
    .argument('<activation>', ACTIVATION)
    .option('--run <n>', 'only what this run met; its number stands in history', wholeNumber)
    .option('--reason <code>', `only this reason; ${UNMATCHED}: the members that Actito has no profile of`)
    .option('--key <key>', 'only this key')
    .option('--limit <n>', `how many; default ${ON_A_TERMINAL}, with --json and --csv all`, wholeNumber)
    .option('--json', JSON_OPTION)
    .addOption(new Option('--csv', 'print CSV with a header line, and nothing else').conflicts('json'))
    .option('--show-personal-data', 'also show what Actito said of rows in words that are no code')
    .addHelpText('after', PERSONAL)
    .addHelpText('after', ONE_LETTER)
    .addHelpText('after', READS_STATE)
    .addHelpText(
      'after',
      examples(
        ['rejects vip-customers', 'what was seen last comes first'],
        ['rejects vip-customers --reason KeyMalformed --csv', 'for whoever fixes the source data'],
        [`rejects vip-customers --reason ${UNMATCHED}`, 'and how many there were, run by run'],
      ),
    )
    .action(async (activation: string, flags: RejectFlags) => {
      const { showRejects } = await import('./rejects-report.ts');
      await showRejects(activation, flags, context);
    });
}

const NOT_REJECT =
  '(Did you mean reject? That refuses a plan. rejects lists the rows that could not be used.)';
const ONE_LETTER = `
To decline the plan of a held run, use decline.`;

const PERSONAL = `
Keys are personal data: they are shown here because you ask, and stand in no log. How long rejects are kept is set in
project.yaml (retention.rejects, 14 days by default). Of one run at most 10000 rows without a usable key are stored; the
counts of history know them all.`;
