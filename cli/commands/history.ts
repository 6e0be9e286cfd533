import { counted } from '../../contract/messages/words.ts';
import type { Command } from 'commander';
import ms from 'ms';
import { LONGEST_TEXT, oneLine } from '../../contract/clean.ts';
import type { CountName } from '../../contract/counts.ts';
import type { PastRun } from '../../state/report/history.ts';
import type { PeerWords } from '../../state/report/peer-words.ts';
import type { CommandContext } from '../context.ts';
import { ACTIVATION, examples, JSON_OPTION, READS_STATE, wholeNumber } from '../options.ts';
import { jsonOf } from '../output.ts';
import { table, tableWidth } from '../table.ts';
import { minute } from '../words.ts';

interface HistoryFlags {
  limit: number;
  json?: boolean;
  showPersonalData?: boolean;
}

export function defineHistory(program: Command, { env, out }: CommandContext): void {
  program
    .command('history')
    .description('show the runs of an activation, newest first')
    .argument('<activation>', ACTIVATION)
    .option('--limit <n>', 'show at most this many runs', wholeNumber, 20)
    .option('--json', JSON_OPTION)
    .option('--show-personal-data', 'also show the original error texts of Actito, warehouse and file server')
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
      const { readHistory } = await import('../../state/report/history.ts');
      const { readWordsOf } = await import('../../state/report/peer-words.ts');
      const { hasRun, withState } = await import('../state.ts');
      const { runs, words } = await withState(env, async (snapshot) => {
        if (!(await hasRun(snapshot, activation, env))) return { runs: [] };
        const past = await readHistory(snapshot, { activation, limit });
        if (!showPersonalData) return { runs: past };
        const numbers = past.map(({ run }) => run);
        return { runs: past, words: await readWordsOf(snapshot, activation, numbers) };
      });
      const lines = json
        ? [jsonOf('history', { activation, runs, words })]
        : [...describeHistory(activation, runs, tableWidth(out)), ...(words ? describeWords(words) : [])];
      out.write(`${lines.join('\n')}\n`);
    });
}

const WORDS = `
Failures are described in words of actito-sync. The original error texts may contain personal data: they are stored only in
the state database (retention.rejects, 14 days by default), and deleted when a person is forgotten.`;

const COUNTS: readonly CountName[] = [
  'read',
  'added',
  'removed',
  'changed',
  'updated',
  'unmatched',
  'rejected',
];

/** Describes past runs: a table, followed by the reasons and decisions of each run. */
function describeHistory(activation: string, runs: readonly PastRun[], width: number): string[] {
  if (runs.length === 0) return [`${activation} has never run.`];
  // Only lists that are resolved by the profile directory have members who wait.
  const waits = runs.some(({ counts }) => counts.waiting !== undefined);
  const names: readonly CountName[] = waits ? [...COUNTS, 'waiting'] : COUNTS;
  const head = ['RUN', 'STARTED', 'TOOK', 'OUTCOME', ...names.map((name) => name.toUpperCase()), 'LIST'];
  const cells = runs.map((run) => row(run, names));
  return [`Runs of ${activation}`, ...table(head, cells, width), ...runs.flatMap(describeReasons)];
}

/** The lines below the table: why a run was started, who decided on its plan and why, and why it failed. */
function describeReasons(run: PastRun): string[] {
  const { reason, approved, declined, failure } = run;
  return [
    ...(reason === null ? [] : [`reason: ${reason}`]),
    ...(approved
      ? [`${approved.guards.join(', ')} approved by ${approved.by} (self-reported): ${approved.reason}`]
      : []),
    ...(declined ? [`declined by ${declined.by} (self-reported): ${declined.reason}`] : []),
    ...(saysWhy(run) ? [failure!] : []),
  ].map((words) => `run ${run.run}: ${oneLine(words, LONGEST_TEXT)}`);
}

/** Lists the original error texts of other systems, line by line. */
function describeWords(words: readonly PeerWords[]): string[] {
  if (words.length === 0) return ['No original error texts are stored for these runs.'];
  return [
    'Original error texts:',
    ...words.map(({ run, reason, at, times, words: said }) => {
      const often = times === 1 ? '' : `, ${counted(times, 'time')}`;
      return `run ${run}, ${reason}, ${minute(at)}${often}: ${oneLine(said, LONGEST_TEXT)}`;
    }),
  ];
}

function row(run: PastRun, names: readonly CountName[]): string[] {
  const { openedAt, closedAt, counts } = run;
  const outcome = run.outcome ?? 'unfinished';
  return [
    run.run,
    minute(openedAt),
    closedAt === null ? '–' : ms(closedAt.getTime() - openedAt.getTime()),
    outcome + (run.undo === null ? '' : ` (undo to ${run.undo})`),
    ...names.map((name) => String(counts[name] ?? '–')),
    listOf(run),
  ];
}

/** For a cancelled run, the outcome is enough. */
function saysWhy({ outcome, failure }: PastRun): boolean {
  return failure !== null && outcome !== 'cancelled';
}

function listOf({ push, deliveredAt, retrievedAt, dryRun, outcome, rebase }: PastRun): string {
  if (push === null) return rebase ? 'not delivered (rebase)' : '–';
  if (dryRun) return `would be delivered (${push})`;
  if (retrievedAt) return `retrieved (${push})`;
  if (deliveredAt) return `delivered (${push})`;
  return outcome === null ? `to be delivered (${push})` : `not delivered (${push})`;
}
