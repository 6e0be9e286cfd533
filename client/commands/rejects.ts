import { Option, type Command } from 'commander';
import { Failure } from '../../contract/failure.ts';
import { canonicalKey } from '../../activation/keys/canonical.ts';
import { latestDefinition } from '../../state/report/activations.ts';
import { findPastRun } from '../../state/report/history.ts';
import {
  countStories,
  readRejects,
  type RejectFilter,
  type RejectStory,
} from '../../state/report/rejects.ts';
import type { Snapshot } from '../../state/report/snapshot.ts';
import {
  countUnmatched,
  readMatchRates,
  readUnmatched,
  type UnmatchedMember,
} from '../../state/report/unmatched.ts';
import { describeNoRejects, describeRejects, describeUnmatched } from '../output/rejects.ts';
import { csvOf } from '../output/csv.ts';
import { rejectWords, UNMATCHED } from '../output/reject-words.ts';
import { jsonWithArray, writeStream } from '../output/stream.ts';
import { hasRun, withState } from '../state.ts';
import { examples, type CommandContext } from './context.ts';
import { ACTIVATION, hintAfterError, JSON_OPTION, READS_STATE, wholeNumber } from './options.ts';
import type { Surroundings } from './surroundings.ts';

interface RejectFlags {
  run?: number;
  reason?: string;
  key?: string;
  limit?: number;
  json?: boolean;
  csv?: boolean;
  showPersonalData?: boolean;
}

const ON_A_TERMINAL = 50;

/** Adds `rejects <activation>`. */
export function defineRejects(program: Command, { surroundings }: CommandContext): void {
  const command = program.command('rejects');
  hintAfterError(command, (words) => words.length > 1, NOT_REJECT);
  command
    .description('list the rows and values that could not be used, and why; or the members unknown to Actito')
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
        ['rejects vip-customers --reason KeyMalformed --csv', 'for who repairs the source'],
        [`rejects vip-customers --reason ${UNMATCHED}`, 'and how many there were, run by run'],
      ),
    )
    .action((activation: string, flags: RejectFlags) => show(activation, flags, surroundings));
}

const NOT_REJECT =
  '(Did you mean reject? That refuses a plan. rejects lists the rows that could not be used.)';
const ONE_LETTER = `
To refuse the plan of a held run: reject (without an s).`;

const PERSONAL = `
Keys are personal data: they are shown here because you ask, and stand in no log. How long rejects are kept is set in
project.yaml (retention.rejects, 14 days by default). Of one run at most 10000 rows without a usable key are stored; the
counts of history know them all.`;

async function show(activation: string, flags: RejectFlags, surroundings: Surroundings): Promise<void> {
  const { env, out } = surroundings;
  const isUnmatched = flags.reason?.toLowerCase() === UNMATCHED.toLowerCase();
  if (isUnmatched && flags.run !== undefined) {
    throw new Failure('unmatchedOfNoRun', { reason: UNMATCHED });
  }
  await withState(env, async (snapshot) => {
    if (!(await hasRun(snapshot, activation, env))) {
      out.write(
        flags.json ? `${JSON.stringify({ activation, rejects: [] })}\n` : `${activation} has never run.\n`,
      );
      return;
    }
    await checkRun(snapshot, activation, flags.run);
    const keys = flags.key === undefined ? undefined : await spellings(snapshot, activation, flags.key);
    await (isUnmatched ? showUnmatched : showRejects)(snapshot, activation, { ...flags, keys }, surroundings);
  });
}

type Wanted = RejectFlags & { keys?: string[] };

const REJECT_COLUMNS = {
  key: ({ key }: RejectStory) => key,
  stage: ({ stage }: RejectStory) => stage,
  reason: ({ reason }: RejectStory) => reason,
  attribute: ({ attribute }: RejectStory) => attribute,
  first_seen: ({ firstSeen }: RejectStory) => firstSeen,
  last_seen: ({ lastSeen }: RejectStory) => lastSeen,
  times: ({ times }: RejectStory) => times,
  last_run: ({ lastRun }: RejectStory) => lastRun,
  message: ({ reason }: RejectStory) => rejectWords(reason),
};

const UNMATCHED_COLUMNS = {
  key: ({ key }: UnmatchedMember) => key,
  since_run: ({ since }: UnmatchedMember) => since,
  last_tried: ({ lastTried }: UnmatchedMember) => lastTried,
  due_again: ({ dueAgain }: UnmatchedMember) => dueAgain,
};

async function showRejects(
  snapshot: Snapshot,
  activation: string,
  { run, reason, keys, limit, json = false, csv = false, showPersonalData = false }: Wanted,
  { out, signal }: Surroundings,
): Promise<void> {
  const filter: RejectFilter = { activation, run: run?.toString(), reason, keys, limit };
  if (csv) {
    const columns = showPersonalData
      ? { ...REJECT_COLUMNS, said: ({ said }: RejectStory) => said }
      : REJECT_COLUMNS;
    return writeStream(out, csvOf(readRejects(snapshot, filter), columns), signal);
  }
  if (json) {
    const withWords = mapBatches(readRejects(snapshot, filter), ({ said, ...reject }) => ({
      ...reject,
      message: rejectWords(reject.reason),
      ...(showPersonalData ? { said } : {}),
    }));
    return writeStream(out, jsonWithArray({ activation }, 'rejects', withWords), signal);
  }
  const shown = limit ?? ON_A_TERMINAL;
  const found = await collect(readRejects(snapshot, { ...filter, limit: shown + 1 }));
  const lines =
    found.length > 0
      ? describeRejects(activation, found.slice(0, shown), {
          more: found.length > shown,
          said: showPersonalData,
        })
      : describeNoRejects(activation, await countStories(snapshot, activation));
  const unmatched = await countUnmatched(snapshot, activation);
  out.write(`${[...lines, ...unmatchedHint(activation, unmatched)].join('\n')}\n`);
}

async function showUnmatched(
  snapshot: Snapshot,
  activation: string,
  { keys, limit, json = false, csv = false }: Wanted,
  { out, signal }: Surroundings,
): Promise<void> {
  const filter = { activation, keys, limit };
  if (csv) return writeStream(out, csvOf(readUnmatched(snapshot, filter), UNMATCHED_COLUMNS), signal);
  const trend = await readMatchRates(snapshot, activation);
  const total = await countUnmatched(snapshot, activation);
  if (json) {
    const head = { activation, total, trend };
    return writeStream(out, jsonWithArray(head, 'unmatched', readUnmatched(snapshot, filter)), signal);
  }
  const shown = limit ?? ON_A_TERMINAL;
  const found = await collect(readUnmatched(snapshot, { ...filter, limit: shown + 1 }));
  const lines = describeUnmatched(activation, { total, trend, members: found.slice(0, shown) });
  out.write(`${lines.join('\n')}\n`);
}

function unmatchedHint(activation: string, count: number): string[] {
  if (count === 0) return [];
  return [
    `Unknown to Actito: ${count} ${count === 1 ? 'member' : 'members'}; see rejects ${activation} --reason ${UNMATCHED}`,
  ];
}

async function checkRun(snapshot: Snapshot, activation: string, run: number | undefined): Promise<void> {
  if (run === undefined || (await findPastRun(snapshot, activation, String(run)))) return;
  throw new Failure('pastRunUnknown', { activation, run: String(run) });
}

/** A key as it was typed, which is how unusable ones are stored, and as members are stored. */
async function spellings(snapshot: Snapshot, activation: string, key: string): Promise<string[]> {
  const definition = await latestDefinition(snapshot, activation);
  const canonical = definition && canonicalKey(definition.activation.matchingKey, key);
  const stored = key.slice(0, 255);
  return canonical && 'key' in canonical ? [...new Set([stored, canonical.key])] : [stored];
}

async function* mapBatches<T, U>(batches: AsyncIterable<T[]>, change: (item: T) => U): AsyncGenerator<U[]> {
  for await (const batch of batches) yield batch.map(change);
}

async function collect<T>(batches: AsyncIterable<T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}
