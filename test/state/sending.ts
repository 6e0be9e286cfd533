import { readChunks, type Chunk } from '../../state/imports/chunks.ts';
import { keySeeds } from '../../activation/comparison/marks.ts';
import { readAcknowledged } from '../../state/acknowledged.ts';
import { intendDelivery, recordDelivered, type DeliveryKind } from '../../state/lists/deliveries.ts';
import {
  intendImport,
  recordPosted,
  recordRefused,
  recordResult,
  type ImportRow,
} from '../../state/imports/imports.ts';
import { beginReading, storeResults, type Reading, type RowResult } from '../../state/imports/results.ts';
import type { Fence } from '../../state/runs/lease.ts';
import { withListContent } from '../../state/lists/list-content.ts';
import { rebaseRun } from '../../state/settle/rebase.ts';
import { readPlanned, readRun, type Plan, type PlannedRun, type Run } from '../../state/runs/runs.ts';
import type { State } from '../../state/state.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { closeRun } from '../../state/runs/close.ts';
import { extract, open, type OpenOptions, type SegmentRow, type StateWorld } from './support.ts';
import { listTarget, type Definition } from '../../activation/definition/definition.ts';

/** The state of the import of a chunk; `untouched` means no import. */
export type Fate = Exclude<ImportRow['status'], 'gathering' | 'closed' | 'lost' | 'dissolved'> | 'untouched';
export const FATES: Fate[] = [
  'untouched',
  'intended',
  'posted',
  'confirmed',
  'doubtful',
  'unexplained',
  'refused',
];

let files = 0;
/** @returns the id of the import, or null if the quota allows none */
export async function intend(
  { state }: Pick<StateWorld, 'state'>,
  fence: Fence,
  wanted: Omit<Parameters<typeof intendImport>[2], 'fileName'>,
): Promise<string | null> {
  const intent = await intendImport(state, fence, { fileName: `file ${++files}`, ...wanted });
  return intent.kind === 'intended' ? intent.id : null;
}

/** Records the result of an intended import. */
export async function record(
  { state }: Pick<StateWorld, 'state'>,
  fence: Fence,
  id: string,
  fate: Exclude<Fate, 'untouched'>,
): Promise<void> {
  await state.raw('update imports set completing_at = now() where id = ?', [id]);
  if (fate === 'intended') return;
  if (fate === 'refused') return recordRefused(state, fence, id, { detail: 'no' });
  await recordPosted(state, fence, id, `e${id}`);
  if (fate !== 'posted') await recordResult(state, fence, id, fate);
}

/** Writes the result of an import of one chunk to the state. */
export async function sendChunk(
  world: StateWorld,
  fence: Fence,
  chunk: Chunk,
  fate: Fate,
  results: RowResult[] = [],
): Promise<void> {
  if (fate === 'untouched') return;
  const quota = { quotaKey: 'licence', limit: 1_000_000, retriesAlone: false };
  const id = await intend(world, fence, { chunk, ...quota });
  if (results.length > 0) await tellResults(world, fence, id!, results);
  await record(world, fence, id!, fate);
}

/** Writes what Actito says of single rows of an import. */
export async function tellResults(
  { state }: Pick<StateWorld, 'state'>,
  fence: Fence,
  id: string,
  results: RowResult[],
): Promise<Reading> {
  const reading = await beginReading(state, fence, id);
  await storeResults(state, fence, reading, await keySeedsOf(state, fence.run), results);
  return reading;
}

/** The seeds of the key marks of a run's activation. */
export async function keySeedsOf(state: State, run: string): Promise<readonly [bigint, bigint]> {
  return keySeeds((await readAcknowledged(state, await readRun(state, run))).seed);
}

export async function sendAll(world: StateWorld, fence: Fence, fate: Fate = 'confirmed'): Promise<void> {
  for (const chunk of await readChunks(world.state, fence.run)) await sendChunk(world, fence, chunk, fate);
}

export async function deliver(
  { state }: StateWorld,
  run: Run & { plan: Plan },
  { arrives = true, kind = 'plan' }: { arrives?: boolean; kind?: DeliveryKind } = {},
): Promise<void> {
  const { members, checksum } = run.plan.list;
  const { activation } = run;
  const id = await intendDelivery(state, run, {
    activation,
    kind,
    target: listTarget(run.definition),
    reason: run.plan.push!,
    members,
    checksum,
  });
  if (arrives) await recordDelivered(state, run, id, { bytes: 1, retrievedBefore: null });
}

/** Opens a run and brings it to its plan. */
export async function planned(
  world: StateWorld,
  definition: Definition,
  segment: SegmentRow[],
  options: OpenOptions = {},
): Promise<PlannedRun> {
  const run = await open(world, definition, options);
  await extract(world, run, segment);
  return readPlanned(world.state, run.run);
}

/** A whole rebase. */
export async function rebased(world: StateWorld, definition: Definition, segment: SegmentRow[]) {
  const run = await planned(world, definition, segment, { rebase: true });
  await rebaseRun(world.state, run);
  await settleRun(world.state, run);
  await closeRun(world.state, run, null);
  return run;
}

/** A whole run in which everything arrives and is confirmed. */
export async function goodRun(world: StateWorld, definition: Definition, segment: SegmentRow[]) {
  const run = await planned(world, definition, segment);
  await sendAll(world, run);
  if (run.plan.push) await deliver(world, run);
  await settleRun(world.state, run);
  await closeRun(world.state, run, null);
  return run;
}

/** The lines of the list that the run delivers, in alphabetical order; `kept`: the unchanged list. */
export async function listLines(
  { state }: StateWorld,
  run: Run & { plan: Plan },
  kind: DeliveryKind = 'plan',
): Promise<string[]> {
  const { seed, list } = await readAcknowledged(state, run);
  const request = { kind, figures: kind === 'plan' ? run.plan.list : list, seed, separator: ';' };
  return withListContent(state, run, request, async (content) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    return Buffer.concat(chunks).toString().split('\n').slice(0, -1).sort();
  });
}
