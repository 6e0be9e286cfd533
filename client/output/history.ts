import ms from 'ms';
import type { PastRun } from '../../state/report/history.ts';
import { LONGEST_TEXT, oneLine } from '../../contract/clean.ts';
import type { PeerWords } from '../../state/report/peer-words.ts';
import { minute } from './moments.ts';
import { table } from './table.ts';

const COUNTS = ['read', 'added', 'removed', 'changed', 'updated', 'unmatched', 'rejected'] as const;
const HEAD = ['RUN', 'STARTED', 'TOOK', 'OUTCOME', ...COUNTS.map((name) => name.toUpperCase()), 'LIST'];

/** Past runs for people, line by line: a table, and below it what those that failed said. */
export function describeHistory(activation: string, runs: readonly PastRun[]): string[] {
  if (runs.length === 0) return [`${activation} has never run.`];
  return [
    `Runs of ${activation}`,
    ...table(HEAD, runs.map(row)),
    ...runs.flatMap((run) => (saysWhy(run) ? [`run ${run.run}: ${run.failure}`] : [])),
  ];
}

/** What others said of failures for people, line by line. */
export function describeWords(words: readonly PeerWords[]): string[] {
  if (words.length === 0) return ['Nobody said anything about these runs that is kept.'];
  return [
    'What others said, in their own words:',
    ...words.map(({ run, reason, at, times, words: said }) => {
      const often = times === 1 ? '' : `, ${times} times`;
      return `run ${run}, ${reason}, ${minute(at)}${often}: ${oneLine(said, LONGEST_TEXT)}`;
    }),
  ];
}

function row(run: PastRun): string[] {
  const { openedAt, closedAt, counts } = run;
  const outcome = run.outcome ?? 'not ended';
  return [
    run.run,
    minute(openedAt),
    closedAt === null ? '–' : ms(closedAt.getTime() - openedAt.getTime()),
    outcome + (run.undo === null ? '' : ` (undo to ${run.undo})`),
    ...COUNTS.map((name) => String(counts[name] ?? '–')),
    listOf(run),
  ];
}

/** For a cancelled run, the outcome is enough. */
function saysWhy({ outcome, failure }: PastRun): boolean {
  return failure !== null && outcome !== 'cancelled';
}

function listOf({ push, deliveredAt, retrievedAt, dryRun, outcome, rebase }: PastRun): string {
  if (push === null) return rebase ? 'not pushed (rebase)' : '–';
  if (dryRun) return `would be pushed (${push})`;
  if (retrievedAt) return `retrieved (${push})`;
  if (deliveredAt) return `delivered (${push})`;
  return outcome === null ? `to be pushed (${push})` : `not delivered (${push})`;
}
