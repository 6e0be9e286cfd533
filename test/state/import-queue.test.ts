import { afterAll, beforeAll, expect, test } from 'vitest';
import { readChunks } from '../../state/imports/chunks.ts';
import { closeRun } from '../../state/runs/close.ts';
import { readLine } from '../../state/report/overview.ts';
import { withSnapshot } from '../../state/report/snapshot.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { deliver, intend, planned, record } from './sending.ts';
import { definitionFor, freshState, newActivation, type StateWorld } from './support.ts';

/* Activations share the imports of their profile table, and take turns when the quota renews. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

let tables = 0;
const newTable = (limit: number) => ({ quotaKey: `table ${++tables}`, limit, retriesAlone: false });
type Table = ReturnType<typeof newTable>;
const newDefinition = () => definitionFor(newActivation());
type Definition = ReturnType<typeof newDefinition>;
let values = 0;

/** A whole run with two files, of which it sends those that get an import. @returns their number */
async function runOf(definition: Definition, table: Table, files = 1): Promise<number> {
  const value = String(++values);
  const segment = [
    { key: 'anna', values: [value, value, value] },
    { key: 'bob', values: [null, value, value] },
  ].slice(0, files);
  const run = await planned(world, definition, segment);
  let sent = 0;
  for (const chunk of await readChunks(world.state, run.run)) {
    const id = await intend(world, run, { chunk, ...table });
    if (id === null) break;
    await record(world, run, id, 'confirmed');
    sent++;
  }
  if (run.plan.push) await deliver(world, run);
  await settleRun(world.state, run);
  await closeRun(world.state, run, null);
  return sent;
}

const renew = ({ quotaKey }: Table) =>
  world.state.raw(`update imports set intended_at = intended_at - interval '25 hours' where quota_key = ?`, [
    quotaKey,
  ]);
const later = ({ quotaKey }: Table, time: string) =>
  world.state.raw(
    `update import_queue set since = since - cast(:time as interval), asked_at = asked_at - cast(:time as interval)
     where quota_key = :quotaKey`,
    { time, quotaKey },
  );
const lineOf = async ({ quotaKey }: Table) =>
  (await withSnapshot(world.state, readLine))
    .filter((waiting) => waiting.quotaKey === quotaKey)
    .map(({ activation }) => activation);
const ids = (...definitions: Definition[]) => definitions.map(({ activation }) => activation.id);

test('when the quota renews, waiting activations come before newcomers, in the order in which they began to wait', async () => {
  const table = newTable(1);
  const [first, second, third] = [newDefinition(), newDefinition(), newDefinition()];
  expect(await runOf(first, table)).toBe(1);
  expect(await runOf(second, table)).toBe(0);
  expect(await runOf(third, table)).toBe(0);
  expect(await lineOf(table)).toEqual(ids(second, third));
  await renew(table);
  expect(await runOf(first, table)).toBe(0); // reserved for the second
  expect(await runOf(third, table)).toBe(0);
  expect(await runOf(second, table)).toBe(1);
  expect(await lineOf(table)).toEqual(ids(third, first));
});

test('one import is reserved for each waiting activation; any activation can use the others', async () => {
  const table = newTable(3);
  const [greedy, waiting, newcomer] = [newDefinition(), newDefinition(), newDefinition()];
  await runOf(greedy, table, 2);
  await runOf(greedy, table);
  await runOf(waiting, table);
  await renew(table);
  expect(await runOf(newcomer, table, 2)).toBe(2);
  expect(await runOf(newcomer, table)).toBe(0);
  expect(await runOf(waiting, table)).toBe(1);
});

test('an activation that had an import and needs more goes to the end of the queue; one that has sent everything leaves it', async () => {
  const table = newTable(1);
  const [large, small] = [newDefinition(), newDefinition()];
  expect(await runOf(large, table, 2)).toBe(1);
  expect(await runOf(small, table)).toBe(0);
  expect(await lineOf(table)).toEqual(ids(large, small));
  await renew(table);
  expect(await runOf(large, table, 2)).toBe(1);
  expect(await lineOf(table)).toEqual(ids(small, large));
  await renew(table);
  expect(await runOf(small, table)).toBe(1);
  expect(await lineOf(table)).toEqual(ids(large));
});

test('an activation that has not run for two days loses its place; one that asks every day keeps it', async () => {
  const table = newTable(1);
  const [gone, daily, newcomer] = [newDefinition(), newDefinition(), newDefinition()];
  await runOf(newcomer, table);
  await runOf(gone, table);
  await later(table, '1 hour');
  await runOf(daily, table);
  await later(table, '30 hours');
  await runOf(daily, table); // without success, its turn would come after the other
  await later(table, '30 hours');
  await renew(table);
  expect(await lineOf(table)).toEqual(ids(daily));
  expect(await runOf(newcomer, table)).toBe(0);
  expect(await runOf(daily, table)).toBe(1);
});

test('an activation with only retries does not join the queue, and each profile table has its own queue', async () => {
  const [table, other] = [newTable(1), newTable(1)];
  const [first, second] = [newDefinition(), newDefinition()];
  await runOf(first, table);
  await runOf(second, { ...table, retriesAlone: true });
  expect(await lineOf(table)).toEqual([]);
  await runOf(second, table);
  expect(await runOf(first, other)).toBe(1);
});
