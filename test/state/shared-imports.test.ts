import { afterAll, beforeAll, expect, test } from 'vitest';
import { MAX_CHUNK_BYTES, readChunks } from '../../state/imports/chunks.ts';
import { closeRun } from '../../state/runs/close.ts';
import { intendImport, recordImport } from '../../state/imports/imports.ts';
import { closeShared } from '../../state/imports/shared-rows.ts';
import { findShare, share, type Share } from '../../state/imports/shared-imports.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { rows } from '../../state/state.ts';
import { planned } from './sending.ts';
import { definitionFor, freshState, newActivation, open, type StateWorld } from './support.ts';
import { ended } from '../support/ended.ts';

/* One import for several runs: who is in it, and what happens when one of them ends. */

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

async function joins(run: Planned, table: Table): Promise<Share> {
  const [chunk] = await readChunks(world.state, run.run);
  return (await share(world.state, run, run, { chunk: chunk!, ...table }))!;
}
const stands = (run: Planned) => findShare(world.state, run, 1);
const intend = (run: Planned, { quotaKey, limit }: Table, parts?: Awaited<ReturnType<typeof closeShared>>) =>
  intendImport(world.state, run, {
    ...{ chunk: { no: 1, retries: 0 }, quotaKey, limit, retriesAlone: false, parts },
  });

/** A leader and one who follows, about to be sent. */
async function closed() {
  const table = newTable();
  const [leader, follower] = [await newRun('anna', 'bob'), await newRun('bob', 'carl')];
  const { shared } = await joins(leader, table);
  await joins(follower, table);
  return { table, leader, follower, parts: await closeShared(world.state, leader, shared) };
}

test('of many that come at once one leads, and all others follow it', async () => {
  const table = newTable();
  const runs: Planned[] = [];
  for (const key of ['a', 'b', 'c', 'd', 'e']) runs.push(await newRun(key));
  const all = await Promise.all(runs.map((run) => joins(run, table)));
  expect(new Set(all.map(({ shared }) => shared)).size).toBe(1);
  expect(all.filter(({ leads }) => leads)).toHaveLength(1);
});

test('what would become too large, has another shape or another table, or comes too late, opens an import of its own', async () => {
  const table = newTable();
  // An update moves the rows, and a chunk is a range of positions.
  const half = (run: Planned) =>
    world.state.raw(
      `update ${run.delta} set bytes = ${MAX_CHUNK_BYTES / 2 + 1};
       update chunks set (first_row, last_row) = (select min(ctid), max(ctid) from ${run.delta}) where run = ${run.run}`,
    );
  const [first, large] = [await newRun('a'), await newRun('b')];
  for (const run of [first, large]) await half(run);
  await joins(first, table);
  expect(await joins(large, table)).toMatchObject({ leads: true });
  expect(await joins(await newRun('c'), table)).toMatchObject({ leads: false });
  expect(await joins(await newRun('d'), { ...table, shape: 't' })).toMatchObject({ leads: true });
  expect(await joins(await newRun('e'), newTable())).toMatchObject({ leads: true });
  await world.state.raw('update shared_imports set leaves_at = now() where quota_key = ?', [table.quotaKey]);
  expect(await joins(await newRun('f'), table)).toMatchObject({ leads: true });
});

test('the import counts once, however many share it, and what became of the call became of it for all', async () => {
  const { table, leader, follower, parts } = await closed();
  expect(parts.keys).toBe(3); // bob once
  const id = await intend(leader, { ...table, limit: 1 }, parts);
  await recordImport(world.state, leader, id!, { status: 'posted', executionId: 'e1' });
  const found = await rows(
    world.state,
    `select run, status, execution_id as execution from imports where quota_key = ? order by id`,
    [table.quotaKey],
  );
  expect(found).toEqual([leader, follower].map(({ run }) => ({ run, status: 'posted', execution: 'e1' })));
  expect(await intend(follower, { ...table, limit: 1 })).toBeNull();
  expect(await intend(follower, { ...table, limit: 2 })).not.toBeNull();
});

const ENDS: Record<string, (follower: Planned) => Promise<unknown>> = {
  'has settled': (follower) => settleRun(world.state, follower),
  'has closed': (follower) => closeRun(world.state, follower, ended('cancelled')),
  'was superseded': (follower) => open(world, follower.definition),
};
test.each(Object.entries(ENDS))(
  'when one who follows %s before the call, nothing is intended; the next file is without it',
  async (_, end) => {
    const { table, leader, follower, parts } = await closed();
    await end(follower);
    await expect(intend(leader, table, parts)).rejects.toMatchObject({
      type: 'ImportPending',
      notDone: true,
    });
    expect(await rows(world.state, 'select from imports where quota_key = ?', [table.quotaKey])).toEqual([]);
    const again = await closeShared(world.state, leader, parts.shared);
    expect(again.parts.map(({ run }) => run)).toEqual([leader.run]);
    expect(await intend(leader, table, again)).not.toBeNull();
  },
);

test.each(Object.entries(ENDS))('when the leader %s, whoever follows is to go alone', async (_, end) => {
  const { leader, follower } = await closed();
  expect(await stands(follower)).toMatchObject({ state: 'closed', leads: false });
  await end(leader);
  expect(await stands(follower)).toMatchObject({ state: 'dissolved' });
});

test('nobody waits for ever: a leader that is half an hour late is left, and then sends nothing for others', async () => {
  const { table, leader, follower, parts } = await closed();
  await world.state.raw(`update shared_imports set leaves_at = now() - interval '31 minutes' where id = ?`, [
    parts.shared,
  ]);
  expect(await stands(leader)).toMatchObject({ state: 'closed' });
  expect(await stands(follower)).toMatchObject({ state: 'dissolved' });
  expect(await stands(leader)).toMatchObject({ state: 'dissolved' });
  await expect(intend(leader, table, parts)).rejects.toMatchObject({ type: 'ImportPending' });
});

test('the keys of a shared file are dropped when its last run closes, not before', async () => {
  const { leader, follower, parts } = await closed();
  const exists = async () =>
    (await rows(world.state, `select from pg_tables where tablename = 'shared_${parts.shared}'`)).length;
  await closeRun(world.state, leader, null);
  expect(await exists()).toBe(1);
  await closeRun(world.state, follower, null);
  expect(await exists()).toBe(0);
});
