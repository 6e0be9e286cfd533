import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CountedOnce } from '../../activities/import/counted-once.ts';
import { tell } from '../../contract/messages/tell.ts';
import type { GuardTrip } from '../../contract/plan.ts';
import { MAX_CHUNK_BYTES, readChunks } from '../../state/imports/chunks.ts';
import { closeRun } from '../../state/runs/close.ts';
import { readImports, type ImportRow } from '../../state/imports/imports.ts';
import { closeShared, type SharedFile } from '../../state/imports/parts.ts';
import { knownKeys } from '../../state/imports/results.ts';
import { findShare, gather } from '../../state/imports/sharing.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { savePlan } from '../../state/plan/plan.ts';
import { rows } from '../../state/state.ts';
import { intend as intendFile, planned, record } from './sending.ts';
import { definitionFor, freshState, newActivation, open, type StateWorld } from './support.ts';
import { ended } from '../support/ended.ts';

/* One import for several runs: who has a part in it, and the effects when one of them ends. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

type Planned = Awaited<ReturnType<typeof planned>>;
let tables = 0;
const newTable = () => ({ quotaKey: `table ${++tables}`, shape: 's', within: 600_000, limit: 12 });
type Table = ReturnType<typeof newTable>;

const newRun = (...keys: string[]) =>
  planned(
    world,
    definitionFor(newActivation()),
    keys.map((key) => ({ key, values: ['1', '2', '3'] })),
  );

/** @returns the import that contains the run's only chunk */
async function joins(run: Planned, table: Table): Promise<ImportRow> {
  const [chunk] = await readChunks(world.state, run.run);
  await gather(world.state, run, run, { chunk: chunk!, ...table });
  return (await readImports(world.state, run.run)).at(-1)!;
}
const stands = (run: Planned) => findShare(world.state, run, 1);
const intend = (run: Planned, { quotaKey, limit }: Table, shared?: SharedFile) =>
  intendFile(world, run, { chunk: { no: 1, retries: 0 }, quotaKey, limit, retriesAlone: false, shared });

/** A leader and a follower, before the call. */
async function closed() {
  const table = newTable();
  const [leader, follower] = [await newRun('anna', 'bob'), await newRun('bob', 'carl')];
  const { id } = await joins(leader, table);
  await joins(follower, table);
  return { table, leader, follower, shared: await closeShared(world.state, leader, id) };
}

test('if many activations come at once, one leads and all others follow it', async () => {
  const table = newTable();
  const runs: Planned[] = [];
  for (const key of ['a', 'b', 'c', 'd', 'e']) runs.push(await newRun(key));
  const all = await Promise.all(runs.map((run) => joins(run, table)));
  expect(new Set(all.map(({ id }) => id)).size).toBe(1);
  expect(all.filter(({ leads }) => leads)).toHaveLength(1);
});

test('an activation that comes too late, differs in table or shape, or would exceed the size, opens an import of its own', async () => {
  const table = newTable();
  const half = (run: Planned) =>
    world.state.raw(`update chunks set bytes = ${MAX_CHUNK_BYTES / 2 + 1} where run = ${run.run}`);
  const [first, large] = [await newRun('a'), await newRun('b')];
  for (const run of [first, large]) await half(run);
  await joins(first, table);
  expect(await joins(large, table)).toMatchObject({ leads: true });
  expect(await joins(await newRun('c'), table)).toMatchObject({ leads: false });
  expect(await joins(await newRun('d'), { ...table, shape: 't' })).toMatchObject({ leads: true });
  expect(await joins(await newRun('e'), newTable())).toMatchObject({ leads: true });
  await world.state.raw('update imports set leaves_at = now() where quota_key = ?', [table.quotaKey]);
  expect(await joins(await newRun('f'), table)).toMatchObject({ leads: true });
});

test('a shared import counts once, and the result of its call applies to all activations', async () => {
  const { table, leader, follower, shared } = await closed();
  expect(shared.keys).toBe(3); // bob once
  const id = await intend(leader, { ...table, limit: 1 }, shared);
  await record(world, leader, id!, 'posted');
  for (const run of [leader, follower]) {
    expect(await readImports(world.state, run.run)).toMatchObject([
      { id, status: 'posted', executionId: `e${id}`, leads: run === leader },
    ]);
  }
  expect(await intend(follower, { ...table, limit: 1 })).toBeNull();
  expect(await intend(follower, { ...table, limit: 2 })).not.toBeNull();
});

const TRIP: GuardTrip = {
  guard: 'minMatchRatio',
  figure: 1,
  ...tell('matchRateTooLow', { entering: true, judged: 1, missed: 1, limit: 1 }),
};
const ENDS: Record<string, (follower: Planned) => Promise<unknown>> = {
  'has settled': (follower) => settleRun(world.state, follower),
  'has closed': (follower) => closeRun(world.state, follower, ended('cancelled')),
  'was superseded': (follower) => open(world, follower.definition),
  'is held': (follower) => savePlan(world.state, follower.run, { ...follower.plan, guards: [TRIP] }),
};
test.each(Object.entries(ENDS))(
  'if a follower %s before the call, no import is recorded, and the next file is without it',
  async (_, end) => {
    const { table, leader, follower, shared } = await closed();
    await end(follower);
    await expect(intend(leader, table, shared)).rejects.toMatchObject({
      type: 'ImportPending',
      notDone: true,
    });
    expect(await readImports(world.state, leader.run)).toMatchObject([{ status: 'closed', age: null }]);
    const again = await closeShared(world.state, leader, shared.id);
    expect(again.parts.map(({ run }) => run.run)).toEqual([leader.run]);
    expect(await intend(leader, table, again)).not.toBeNull();
  },
);

test.each(Object.entries(ENDS))('if the leader %s, its followers send their own imports', async (_, end) => {
  const { leader, follower } = await closed();
  expect(await stands(follower)).toMatchObject({ kind: 'waits' });
  await end(leader);
  expect(await stands(follower)).toEqual({ kind: 'alone' });
});

test('no activation waits forever: followers leave a leader that is half an hour late, and it then sends nothing for them', async () => {
  const { table, leader, follower, shared } = await closed();
  await world.state.raw(`update imports set leaves_at = now() - interval '31 minutes' where id = ?`, [
    shared.id,
  ]);
  expect(await stands(leader)).toEqual({ kind: 'leads', id: shared.id });
  expect(await stands(follower)).toEqual({ kind: 'alone' });
  expect(await stands(leader)).toEqual({ kind: 'alone' });
  await expect(intend(leader, table, shared)).rejects.toMatchObject({ type: 'ImportPending' });
});

test('an attempt that is frozen while it reads the keys of a shared file makes no other attempt wait', async () => {
  const { leader, shared } = await closed();
  await world.state.transaction(async (frozen) => {
    await frozen.raw(`lock table shared_${shared.id} in access share mode`);
    expect(await closeShared(world.state, leader, shared.id)).toMatchObject({ id: shared.id, keys: 3 });
  });
});

test('a shared import that another attempt has sent is not closed again', async () => {
  const { table, leader, shared } = await closed();
  const id = await intend(leader, table, shared);
  await record(world, leader, id!, 'posted');
  await expect(closeShared(world.state, leader, shared.id)).rejects.toMatchObject({ type: 'ImportPending' });
});

test('the keys of a shared file are dropped when its last run closes, not before', async () => {
  const { leader, follower, shared } = await closed();
  const exists = async () =>
    (await rows(world.state, `select from pg_tables where tablename = 'shared_${shared.id}'`)).length;
  await closeRun(world.state, leader, null);
  expect(await exists()).toBe(1);
  await closeRun(world.state, follower, null);
  expect(await exists()).toBe(0);
});

test('the rows of a shared file have small numbers, by which an activation tells its own and all others apart', async () => {
  const { leader, follower, shared } = await closed();
  const keys = ['anna', 'bob', 'carl', 'eve'];
  const ownKeys = [
    [leader, ['anna', 'bob']],
    [follower, ['bob', 'carl']],
  ] as const;
  for (const [run, own] of ownKeys) {
    const found = await knownKeys(world.state, run, { id: shared.id, chunk: 1 }, keys);
    expect(new Set(found.known).size).toBe(3);
    expect(Math.max(...found.known)).toBeLessThanOrEqual(4); // bob came twice
    expect([...found.own].sort()).toEqual(own);
  }
});

test('numbers that come again are counted once, also millions of them', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(40), fc.nat(100_000))), (numbers) => {
      const counted = new CountedOnce();
      for (const no of numbers) counted.add(no);
      expect(counted.count).toBe(new Set(numbers).size);
    }),
  );
  const counted = new CountedOnce();
  for (let no = 1; no <= 2_200_000; no++) counted.add(no);
  expect(counted.count).toBe(2_200_000);
});
