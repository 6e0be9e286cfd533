import type { Command } from 'commander';
import { readHistory } from '../../state/report/history.ts';
import { readWordsOf } from '../../state/report/peer-words.ts';
import { describeHistory, describeWords } from '../output/history.ts';
import { hasRun, withState } from '../state.ts';
import { examples, type CommandContext } from './context.ts';
import { ACTIVATION, JSON_OPTION, READS_STATE, wholeNumber } from './options.ts';

interface HistoryFlags {
  limit: number;
  json?: boolean;
  showPersonalData?: boolean;
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
    .option(
      '--show-personal-data',
      'also show what Actito, warehouse and file server said of failures in their own words',
    )
    .addHelpText('after', WORDS)
    .addHelpText('after', READS_STATE)
    .addHelpText(
      'after',
      examples(
        ['history vip-customers', 'the last 20 runs'],
        ['history vip-customers --limit 100 --json', 'for a program'],
        ['history vip-customers --show-personal-data', 'to find out why a run failed'],
      ),
    )
    .action(async (activation: string, { limit, json = false, showPersonalData = false }: HistoryFlags) => {
      const { runs, words } = await withState(env, async (snapshot) => {
        if (!(await hasRun(snapshot, activation, env))) return { runs: [] };
        const past = await readHistory(snapshot, { activation, limit });
        if (!showPersonalData) return { runs: past };
        const numbers = past.map(({ run }) => run);
        return { runs: past, words: await readWordsOf(snapshot, activation, numbers) };
      });
      const lines = json
        ? [JSON.stringify({ activation, runs, words }, null, 2)]
        : [...describeHistory(activation, runs), ...(words ? describeWords(words) : [])];
      out.write(`${lines.join('\n')}\n`);
    });
}

const WORDS = `
A failure says what happened in words of actito-sync. What others said of it may name people, and a database quotes values: it
is kept in the state database only (retention.rejects, 14 days by default), and deleted when a person is forgotten.`;
