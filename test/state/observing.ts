import { setTimeout } from 'node:timers/promises';
import type { Definition } from '../../activation/definition/definition.ts';
import { readChunks, type Chunk } from '../../state/imports/chunks.ts';
import { isFailure } from '../../contract/failure.ts';
import { closeRun } from '../../state/runs/close.ts';
import { readPlanned, readRun, type Plan, type Run } from '../../state/runs/runs.ts';
import type { Counts } from '../../contract/counts.ts';
import { settleWithin } from '../../state/settle/settle.ts';
import { rows, setTransaction, type State } from '../../state/state.ts';
import { chunkFile, cutAgain } from './chunk-files.ts';
import { listLines } from './sending.ts';
import { everyoneIsThere, extract, membersOf, open, type SegmentRow, type StateWorld } from './support.ts';

/*
 * Everything that is visible from outside: files for Actito, lines of the list, counts, plan hashes. The
 * histories use only this file, support.ts, sending.ts and undoing.ts, so that they do not depend on the
 * storage of the state.
 */

export type Values = (string | null)[];

/** The row of a member in an import file: the attributes of the file, and no others. */
export interface Sent {
  key: string;
  values: Record<string, string>;
}

export interface SentFile {
  /** For sendChunk. */
  chunk: Chunk;
  rows: Sent[];
}

const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1);

/**
 * The import files of a planned run, in the order in which they are sent. `limit`: the maximum bytes of a
 * file.
 */
export async function filesOf(
  world: StateWorld,
  run: Run & { plan: Plan },
  { limit }: { limit?: number } = {},
): Promise<SentFile[]> {
  if (limit !== undefined && run.plan.toSend > 0) await cutAgain(world, run, limit);
  const { attribute } = run.definition.activation.matchingKey;
  const files: SentFile[] = [];
  for (const chunk of await readChunks(world.state, run.run)) {
    const file = await chunkFile(world, run, chunk);
    if (file.columns.length === 1) continue; // the key alone: nothing to send
    const sent = file.rows.map(({ [attribute]: key, ...values }) => ({ key: key!, values }));
    files.push({ chunk, rows: sent.sort(byKey) });
  }
  return files;
}

/** What a planned run would send to Actito, by key. */
export async function wouldSend(world: StateWorld, run: Run & { plan: Plan }): Promise<Sent[]> {
  return (await filesOf(world, run)).flatMap((file) => file.rows).sort(byKey);
}

/** The row of a member when all of its values are sent: `a` and `b` are omitted when null, `c` is cleared. */
export function wholeRow({ key, values: [a, b, c] }: SegmentRow): Sent {
  const kept = Object.entries({ a, b }).filter(([, value]) => value !== null) as [string, string][];
  return { key: key!, values: { ...Object.fromEntries(kept), c: c ?? '' } };
}

/** {@link wholeRow} of several members, by key. */
export function wholeRows(segment: SegmentRow[]): Sent[] {
  return segment.map(wholeRow).sort(byKey);
}

/** The keys of the members on the list that was delivered last. */
export async function listedKeys(world: StateWorld, { activation }: Definition): Promise<string[]> {
  const members = await membersOf(world, activation.id);
  return members.filter(({ listed }) => listed).map(({ key }) => key);
}

/** The current counts of a run; settling adds to them. */
export async function countsOf({ state }: StateWorld, { run }: Run): Promise<Counts> {
  return (await readRun(state, run)).counts;
}

/** The content of a plan. */
export interface PlanSeen {
  hash: string;
  push: string | null;
  guards: string[];
  counts: Counts;
}

/** The content of a plan, and what it would send. */
export interface Shown extends PlanSeen {
  sends: Sent[];
  list: string[];
}

function planSeen({ plan, counts }: Run & { plan: Plan }): PlanSeen {
  const { hash, push, guards } = plan;
  // A held run delivers nothing of its plan.
  return { hash, push: guards.length > 0 ? null : push, guards: guards.map(({ guard }) => guard), counts };
}

export async function shown(world: StateWorld, run: Run & { plan: Plan }): Promise<Shown> {
  const kind = run.plan.guards.length > 0 ? 'kept' : 'plan';
  return { ...planSeen(run), sends: await wouldSend(world, run), list: await listLines(world, run, kind) };
}

/** Opens a dry run, beside whatever else is running. */
export function openPreview(world: StateWorld, definition: Definition): Promise<Run> {
  return open(world, definition, { dryRun: true, isOpen: everyoneIsThere });
}

/** Compares an opened dry run, again if a run has settled in the meantime, as Temporal retries the activity. */
async function planBeside(world: StateWorld, opened: Run, segment: SegmentRow[]) {
  for (;;) {
    try {
      await extract(world, opened, segment);
      return await readPlanned(world.state, opened.run);
    } catch (error) {
      if (!isFailure(error, 'RunUnderWay')) throw error;
    }
  }
}

/** Reads and plans an opened dry run, and ends it. */
export async function planPreview(world: StateWorld, opened: Run, segment: SegmentRow[]): Promise<PlanSeen> {
  const run = await planBeside(world, opened, segment);
  await closeRun(world.state, run, null);
  return planSeen(run);
}

/** A whole dry run. */
export async function previewed(
  world: StateWorld,
  definition: Definition,
  segment: SegmentRow[],
): Promise<Shown> {
  const opened = await openPreview(world, definition);
  const run = await planBeside(world, opened, segment);
  const seen = await shown(world, run);
  await closeRun(world.state, run, null);
  return seen;
}

/** Lets time pass for retries and grace periods; the list does not age. */
export async function letPass({ state }: StateWorld, definition: Definition, hours: number): Promise<void> {
  const { id } = definition.activation;
  const earlier = (column: string) => `${column} = ${column} - ${hours} * interval '1 hour'`;
  await state.raw(
    `update members_${id.replaceAll('-', '_')} set ${earlier('retry_at')}, ${earlier('missing_since')}`,
  );
  await state.raw(`update activations set ${earlier('retried_at')} where id = ?`, [id]);
}

/**
 * Settles a run while `meanwhile` reads the state: it begins when the settlement is written but not
 * committed, and the settlement commits as soon as `meanwhile` waits for a lock, or has ended.
 */
export async function settledDuring<T>(
  { state }: StateWorld,
  run: Run,
  meanwhile: () => Promise<T>,
): Promise<T> {
  let ended = false;
  let reading: Promise<T> | undefined;
  await setTransaction(state, async (trx) => {
    await trx.raw(`lock table members_${run.activation.replaceAll('-', '_')} in access exclusive mode`);
    await settleWithin(trx, run.run);
    reading = meanwhile().finally(() => (ended = true));
    reading.catch(() => undefined); // it is awaited below
    while (!ended && !(await isAnyoneWaiting(state))) await setTimeout(10);
  });
  return reading!;
}

/** Whether a session of this database waits for a lock. */
async function isAnyoneWaiting(state: State): Promise<boolean> {
  const waiting = await rows(
    state,
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return waiting.length > 0;
}
