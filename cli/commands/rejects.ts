import { Option, type Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { ACTIVATION, examples, hintAfterError, JSON_OPTION, READS_STATE, wholeNumber } from '../options.ts';
import { ON_A_TERMINAL, UNMATCHED, type RejectFlags } from './reject-flags.ts';

export function defineRejects(program: Command, context: CommandContext): void {
  const command = program.command('rejects');
  hintAfterError(command, (words) => words.length > 1, NOT_REJECT);
  command
    .description('list rejected rows and values, or unmatched members')
    .argument('<activation>', ACTIVATION)
    .option('--run <n>', 'only rejects of this run (its number in history)', wholeNumber)
    .option(
      '--reason <code>',
      `only this reason; ${UNMATCHED}: members without exactly one profile in Actito`,
    )
    .option('--key <key>', 'only this key')
    .option(
      '--limit <n>',
      `show at most this many; default ${ON_A_TERMINAL}, with --json and --csv all`,
      wholeNumber,
    )
    .option('--json', JSON_OPTION)
    .addOption(new Option('--csv', 'print CSV with a header line, and nothing else').conflicts('json'))
    .option('--show-personal-data', 'also show the original texts that Actito returned for rows')
    .addHelpText('after', PERSONAL)
    .addHelpText('after', NOT_A_PLAN)
    .addHelpText('after', READS_STATE)
    .addHelpText(
      'after',
      examples(
        ['rejects vip-customers', 'newest first'],
        ['rejects vip-customers --reason KeyMalformed --csv', 'for whoever fixes the source data'],
        [`rejects vip-customers --reason ${UNMATCHED}`, 'with their number in each run'],
      ),
    )
    .action(async (activation: string, flags: RejectFlags) => {
      const { showRejects } = await import('./rejects-report.ts');
      await showRejects(activation, flags, context);
    });
}

const NOT_REJECT =
  '(Did you mean decline? It declines a plan. rejects lists the rows that could not be used.)';
const NOT_A_PLAN = `
To decline the plan of a held run, use decline.`;

const PERSONAL = `
Keys are personal data: they are shown because you ask for them, and no log contains them. project.yaml sets how long they are
stored (retention.rejects, 14 days by default). At most 10000 rows without a usable key are stored per run; the counts in
history include all of them.`;
