import { canonicalKey } from '../../activation/keys/canonical.ts';
import { Failure } from '../../contract/failure.ts';
import { rejectWords } from '../../contract/messages/reject-words.ts';
import { counted } from '../../contract/messages/words.ts';
import { latestDefinition } from '../../state/report/activations.ts';
import { findPastRun } from '../../state/report/history.ts';
import {
  countRejectHistory,
  readRejects,
  type RejectFilter,
  type ReasonCount,
  type RejectHistory,
} from '../../state/report/rejects.ts';
import type { Snapshot } from '../../state/report/snapshot.ts';
import { countUnmatched, NO_UNMATCHED } from '../../state/report/unmatched.ts';
import type { Context } from '../context.ts';
import type { Answers } from '../json/answers.ts';
import { csvOf, jsonWithArray, writeStream } from '../output.ts';
import { hasRun, withState } from '../state.ts';
import { table, tableWidth } from '../table.ts';
import { minute } from '../words.ts';
import { ON_A_TERMINAL, UNMATCHED, type RejectFlags } from './reject-flags.ts';
import { collect, listUnmatched, totalOf } from './unmatched-report.ts';

/** Shows the rejects of an activation, or its unmatched members. @throws Failure InvalidActivation for an unknown run or activation */
export async function showRejects(activation: string, flags: RejectFlags, context: Context): Promise<void> {
  const { env, out } = context;
  const isUnmatched = flags.reason?.toLowerCase() === UNMATCHED.toLowerCase();
  if (isUnmatched && flags.run !== undefined) {
    throw new Failure('unmatchedOfNoRun', { reason: UNMATCHED });
  }
  await withState(env, async (snapshot) => {
    if (!(await hasRun(snapshot, activation, env))) {
      out.write(
        flags.json
          ? `${JSON.stringify(neverRan(activation, isUnmatched))}\n`
          : `${activation} has never run.\n`,
      );
      return;
    }
    await checkRun(snapshot, activation, flags.run);
    const keys = flags.key === undefined ? undefined : await spellings(snapshot, activation, flags.key);
    await (isUnmatched ? listUnmatched : listRejects)(snapshot, activation, { ...flags, keys }, context);
  });
}

/** The answer for an activation that has never run. */
function neverRan(activation: string, isUnmatched: boolean): Answers['rejects'] | Answers['unmatched'] {
  return isUnmatched
    ? { activation, total: 0, causes: NO_UNMATCHED, trend: [], unmatched: [] }
    : { activation, counts: [], rejects: [] };
}

type Wanted = RejectFlags & { keys?: string[] };

type Told = Answers['rejects']['rejects'][number];

const REJECT_COLUMNS = {
  key: ({ key }: RejectHistory) => key,
  reference: ({ reference }: RejectHistory) => reference,
  stage: ({ stage }: RejectHistory) => stage,
  reason: ({ reason }: RejectHistory) => reason,
  attribute: ({ attribute }: RejectHistory) => attribute,
  first_seen: ({ firstSeen }: RejectHistory) => firstSeen,
  last_seen: ({ lastSeen }: RejectHistory) => lastSeen,
  times: ({ times }: RejectHistory) => times,
  last_run: ({ lastRun }: RejectHistory) => lastRun,
  message: ({ reason }: RejectHistory) => rejectWords(reason),
};

async function listRejects(
  snapshot: Snapshot,
  activation: string,
  { run, reason, keys, limit, json = false, csv = false, showPersonalData = false }: Wanted,
  { out, signal }: Context,
): Promise<void> {
  const filter: RejectFilter = { activation, run: run?.toString(), reason, keys, limit };
  if (csv) {
    const columns = showPersonalData
      ? { ...REJECT_COLUMNS, said: ({ said }: RejectHistory) => said }
      : REJECT_COLUMNS;
    return writeStream(out, csvOf(readRejects(snapshot, filter), columns), signal);
  }
  if (json) {
    const counts = await countRejectHistory(snapshot, filter);
    const withWords = mapBatches(readRejects(snapshot, filter), ({ said, ...reject }): Told => ({
      ...reject,
      message: rejectWords(reject.reason),
      ...(showPersonalData ? { said } : {}),
    }));
    return writeStream(out, jsonWithArray({ activation, counts }, 'rejects', withWords), signal);
  }
  const shown = limit ?? ON_A_TERMINAL;
  const found = await collect(readRejects(snapshot, { ...filter, limit: shown + 1 }));
  const lines =
    found.length > 0
      ? describeRejects(activation, found.slice(0, shown), {
          more: found.length > shown,
          said: showPersonalData,
          counts: await countRejectHistory(snapshot, filter),
          width: tableWidth(out),
        })
      : describeNoRejects(activation, await countRejectHistory(snapshot, { activation }));
  const unmatched = totalOf(await countUnmatched(snapshot, activation));
  out.write(`${[...lines, ...unmatchedHint(activation, unmatched)].join('\n')}\n`);
}

function unmatchedHint(activation: string, count: number): string[] {
  if (count === 0) return [];
  return [
    `Unmatched: ${counted(count, 'member')} without exactly one profile in Actito; see rejects ${activation} --reason ${UNMATCHED}`,
  ];
}

async function checkRun(snapshot: Snapshot, activation: string, run: number | undefined): Promise<void> {
  if (run === undefined || (await findPastRun(snapshot, activation, String(run)))) return;
  throw new Failure('pastRunUnknown', { activation, run: String(run) });
}

/** A key as typed, which is how unusable keys are stored, and as members are stored. */
async function spellings(snapshot: Snapshot, activation: string, key: string): Promise<string[]> {
  const definition = await latestDefinition(snapshot, activation);
  const canonical = definition && canonicalKey(definition.activation.matchingKey, key);
  const stored = key.slice(0, 255);
  return canonical && 'key' in canonical ? [...new Set([stored, canonical.key])] : [stored];
}

async function* mapBatches<T, U>(batches: AsyncIterable<T[]>, change: (item: T) => U): AsyncGenerator<U[]> {
  for await (const batch of batches) yield batch.map(change);
}

/** Describes rejects: a table, followed by the meaning of each reason. */
function describeRejects(
  activation: string,
  rejects: readonly RejectHistory[],
  shown: { more: boolean; said: boolean; counts: readonly ReasonCount[]; width: number },
): string[] {
  const { more, said, counts, width } = shown;
  const head = ['KEY', 'STAGE', 'REASON', 'ATTRIBUTE', 'FIRST SEEN', 'LAST SEEN', 'RUNS', 'LAST RUN'];
  const named = rejects.some(({ reference }) => reference !== null);
  const rows = rejects.map((reject) => [
    ...rejectRow(reject),
    ...(named ? [reject.reference ?? '–'] : []),
    ...(said ? [reject.said ?? '–'] : []),
  ]);
  const columns = [...head, ...(named ? ['REFERENCE'] : []), ...(said ? ['ORIGINAL TEXT'] : [])];
  return [
    `Rejected rows and values of ${activation}, newest first`,
    ...table(columns, rows, width),
    ...(more ? ['… and more. Use --limit to show more, or --csv for all.'] : []),
    ...counts.map(({ reason, count }) => `${count} × ${reason}: ${rejectWords(reason)}`),
  ];
}

function rejectRow({ key, stage, reason, attribute, firstSeen, lastSeen, times, lastRun }: RejectHistory) {
  return [
    key === '' ? '(none)' : key,
    stage,
    reason,
    attribute === '' ? '–' : attribute,
    minute(firstSeen),
    minute(lastSeen),
    String(times),
    lastRun,
  ];
}

/** The text when no reject matches. `all`: the counts without filters. */
function describeNoRejects(activation: string, all: readonly ReasonCount[]): string[] {
  if (all.length === 0) return [`${activation} has no rejected rows or values.`];
  const known = all.map(({ reason, count }) => `${count} × ${reason}`).join(', ');
  return [`No rejects of ${activation} match these filters. Without filters: ${known}.`];
}
