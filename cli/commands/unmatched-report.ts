import {
  countUnmatched,
  readMatchRates,
  readUnmatched,
  UNMATCHED_CAUSES,
  type MatchRate,
  type UnmatchedCause,
  type UnmatchedMember,
} from '../../state/report/unmatched.ts';
import { percent } from '../../contract/messages/words.ts';
import type { Snapshot } from '../../state/report/snapshot.ts';
import type { Context } from '../context.ts';
import { csvOf, jsonWithArray, writeStream } from '../output.ts';
import { table, tableWidth } from '../table.ts';
import { minute } from '../words.ts';
import { ON_A_TERMINAL, type RejectFlags } from './reject-flags.ts';

const UNMATCHED_COLUMNS = {
  key: ({ key }: UnmatchedMember) => key,
  cause: ({ cause }: UnmatchedMember) => cause,
  since_run: ({ since }: UnmatchedMember) => since,
  last_tried: ({ lastTried }: UnmatchedMember) => lastTried,
  due_again: ({ dueAgain }: UnmatchedMember) => dueAgain,
};

/** Lists the unmatched members of an activation, by cause. */
export async function listUnmatched(
  snapshot: Snapshot,
  activation: string,
  { keys, limit, json = false, csv = false }: RejectFlags & { keys?: string[] },
  { out, signal }: Context,
): Promise<void> {
  const filter = { activation, keys, limit };
  if (csv) return writeStream(out, csvOf(readUnmatched(snapshot, filter), UNMATCHED_COLUMNS), signal);
  const trend = await readMatchRates(snapshot, activation);
  const causes = await countUnmatched(snapshot, activation);
  const total = totalOf(causes);
  if (json) {
    const head = { activation, total, causes, trend };
    return writeStream(out, jsonWithArray(head, 'unmatched', readUnmatched(snapshot, filter)), signal);
  }
  const shown = limit ?? ON_A_TERMINAL;
  const found = await collect(readUnmatched(snapshot, { ...filter, limit: shown + 1 }));
  const lines = describeUnmatched(
    activation,
    { total, causes, trend, members: found.slice(0, shown), hasMore: found.length > shown },
    tableWidth(out),
  );
  out.write(`${lines.join('\n')}\n`);
}

/** The number of unmatched members. */
export function totalOf(causes: Record<UnmatchedCause, number>): number {
  return Object.values(causes).reduce((sum, count) => sum + count, 0);
}

const CAUSES: Record<UnmatchedCause, { short: string; meaning: string }> = {
  notMatched: {
    short: 'not matched',
    meaning: "not matched by Actito's import: on the list, but not targeted",
  },
  noProfile: {
    short: 'no profile',
    meaning: 'waiting: no profile in the profile directory has the key. Not on the list, nothing is sent',
  },
  severalProfiles: {
    short: 'several profiles',
    meaning:
      'waiting: several profiles in the profile directory have the key. Not on the list, nothing is sent',
  },
};

/** Describes unmatched members, with their number in each run. */
function describeUnmatched(
  activation: string,
  found: {
    total: number;
    causes: Record<UnmatchedCause, number>;
    trend: readonly MatchRate[];
    members: readonly UnmatchedMember[];
    /** More members are unmatched than are shown. */
    hasMore: boolean;
  },
  width: number,
): string[] {
  const { total, causes, trend, members, hasMore } = found;
  return [
    `Unmatched members of ${activation} (without exactly one profile in Actito): ${total}`,
    ...UNMATCHED_CAUSES.filter((cause) => causes[cause] > 0).map(
      (cause) => `  ${String(causes[cause]).padEnd(7)} ${CAUSES[cause].meaning}`,
    ),
    ...(trend.length === 0
      ? []
      : table(['RUN', 'STARTED', 'SENT', 'UNMATCHED', 'SHARE'], trend.map(rateRow), width)),
    ...(members.length === 0
      ? []
      : [
          '',
          ...table(['KEY', 'SINCE RUN', 'CAUSE', 'LAST SENT', 'NEXT RETRY'], members.map(memberRow), width),
        ]),
    ...(hasMore ? ['… and more. Use --limit to show more, or --csv for all.'] : []),
  ];
}

function rateRow({ run, openedAt, sent, unmatched }: MatchRate): string[] {
  return [run, minute(openedAt), String(sent), String(unmatched), percent(unmatched / sent)];
}

function memberRow({ key, since, cause, lastTried, dueAgain }: UnmatchedMember): string[] {
  return [
    key,
    since,
    CAUSES[cause].short,
    lastTried ? minute(lastTried) : '–',
    dueAgain ? minute(dueAgain) : 'when an export has the profile',
  ];
}

/** All items of some batches. */
export async function collect<T>(batches: AsyncIterable<T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}
