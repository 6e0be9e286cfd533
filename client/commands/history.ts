import type { Command } from 'commander';
import { readHistory } from '../../state/report/history.ts';
import { describeHistory } from '../output/history.ts';
import { hasRun, withState } from '../state.ts';
import { examples, type CommandContext } from './context.ts';
import { ACTIVATION, JSON_OPTION, READS_STATE, wholeNumber } from './options.ts';

interface HistoryFlags {
  limit: number;
  json?: boolean;
}

/** Adds `history <activation>`. */
export function defineHistory(program: Command, { surroundings }: CommandContext): void {
  const { env, out } = surroundings;
  program
    .command('history')
    .description('show the runs of an activation, newest first')
    .argument('<activation>', ACTIVATION)
    .option('--limit <n>', 'how many runs', wholeNumber, 20)
    .option('--json', JSON_OPTION)
    .addHelpText('after', READS_STATE)
    .addHelpText(
      'after',
      examples(
        ['history vip-customers', 'the last 20 runs'],
        ['history vip-customers --limit 100 --json', 'for a program'],
      ),
    )
    .action(async (activation: string, { limit, json = false }: HistoryFlags) => {
      const runs = await withState(env, async (snapshot) =>
        (await hasRun(snapshot, activation, env)) ? readHistory(snapshot, { activation, limit }) : [],
      );
      const lines = json
        ? [JSON.stringify({ activation, runs }, null, 2)]
        : describeHistory(activation, runs);
      out.write(`${lines.join('\n')}\n`);
    });
}
