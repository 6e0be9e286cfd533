import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { cleanUp, closeRun } from '../../state/runs/close.ts';
import { storeRejects } from '../../state/rejects/rejects.ts';
import { applyRetention } from '../../state/runs/retention.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { rows } from '../../state/state.ts';
import { deliver, goodRun, planned, sendAll } from './sending.ts';
import {
  compareInto,
  definitionFor,
  extract,
  freshState,
  newActivation,
  open,
  tables,
  type StateWorld,
} from './support.ts';
import { ended } from '../support/ended.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());
beforeEach(() => world.state.raw('truncate activations cascade'));

const DAY = 24 * 3_600_000;
const RETENTION = { rejects: 14 * DAY, changeLog: 14 * DAY, runs: 90 * DAY };
const ANNA = { key: 'anna', values: ['1', '2', '3'] };
const CHANGED = { key: 'anna', values: ['x', '2', '3'] };

/** Lets days pass for all data in the database. */
async function age(days: number): Promise<void> {
  const shift = (table: string, columns: string[]) =>
    world.state.raw(
      `update ${table} set ${columns.map((column) => `${column} = ${column} - interval '${days} days'`).join(', ')}`,
    );
  await shift('runs', ['opened_at', 'settled_at', 'closed_at']);
  await shift('imports', ['intended_at']);
  await shift('import_parts', ['finished_at']);
  await shift('deliveries', ['intended_at', 'delivered_at']);
  await shift('rejects', ['at']);
  await shift('reject_history', ['first_seen', 'last_seen']);
}

async function left(): Promise<Record<string, number>> {
  const tables = ['runs', 'imports', 'import_parts', 'deliveries', 'rejects', 'reject_history', 'chunks'];
  const [counted] = await rows<Record<string, string>>(
    world.state,
    `select ${tables.map((name) => `(select count(*) from ${name}) as ${name}`).join(', ')}`,
  );
  return Object.fromEntries(Object.entries(counted!).map(([name, count]) => [name, Number(count)]));
}

async function runNumbers(): Promise<string[]> {
  return (await rows<{ no: string }>(world.state, 'select no from runs order by no')).map(({ no }) => no);
}

async function runWithRejects(definition = definitionFor(newActivation())) {
  const run = await open(world, definition);
  await storeRejects(world.state, run, [{ key: 'nobody', reason: 'KeyMalformed' }]);
  await closeRun(world.state, run, ended('failed'));
  return run;
}

test('rejects are deleted after their retention period, and not before; their run stays', async () => {
  await runWithRejects();
  await age(13);
  await applyRetention(world.state, RETENTION);
  expect(await left()).toMatchObject({ rejects: 1, reject_history: 1 });
  await age(2);
  await applyRetention(world.state, RETENTION);
  expect(await left()).toMatchObject({ runs: 1, rejects: 0, reject_history: 0 });
});

test('a row of the reject history stays as long as runs repeat the reject, and keeps its first run', async () => {
  const definition = definitionFor(newActivation());
  await runWithRejects(definition);
  await age(10);
  await runWithRejects(definition);
  await age(10);
  await applyRetention(world.state, RETENTION);
  expect(await left()).toMatchObject({ rejects: 1, reject_history: 1 });
  const [story] = await rows<{ days: number; times: number }>(
    world.state,
    'select cast(extract(day from now() - first_seen) as integer) as days, times from reject_history',
  );
  expect(story).toEqual({ days: 20, times: 2 });
});

test('runs are deleted with imports and deliveries, except the last settled and last delivered run of each activation', async () => {
  const [one, other] = [definitionFor(newActivation()), definitionFor(newActivation())];
  const gone = await goodRun(world, one, [ANNA]);
  const lastDelivered = await goodRun(world, one, [ANNA, { ...ANNA, key: 'bob' }]);
  const lastSettled = await goodRun(world, one, [CHANGED, { ...ANNA, key: 'bob' }]); // delivers nothing
  const failed = await runWithRejects(one);
  const alone = await goodRun(world, other, [ANNA]);
  await age(91);
  await applyRetention(world.state, RETENTION);
  expect(await runNumbers()).toEqual([lastDelivered.run, lastSettled.run, alone.run]);
  expect([gone.run, failed.run].some((run) => [lastDelivered.run, lastSettled.run].includes(run))).toBe(
    false,
  );
  expect(await left()).toMatchObject({ deliveries: 2, imports: 3, rejects: 0 });
});

test('an open run stays, however old it is', async () => {
  const run = await open(world, definitionFor(newActivation()));
  await storeRejects(world.state, run, [{ key: 'nobody', reason: 'KeyMalformed' }]);
  await age(1_000);
  await applyRetention(world.state, RETENTION);
  expect(await left()).toMatchObject({ runs: 1, rejects: 1 });
});

test('imports of the last 24 hours stay for the quota, and deliveries of 7 days for the guard, whatever the setting', async () => {
  const definition = definitionFor(newActivation());
  const atOnce = { rejects: 0, changeLog: 0, runs: 0 };
  await goodRun(world, definition, [ANNA]);
  const second = await goodRun(world, definition, [CHANGED]); // imports, and delivers nothing
  const third = await goodRun(world, definition, [ANNA, { ...ANNA, key: 'bob' }]);
  const fourth = await goodRun(world, definition, [ANNA]);
  await applyRetention(world.state, atOnce);
  expect(await runNumbers()).toHaveLength(4);

  await age(2);
  await applyRetention(world.state, atOnce);
  expect(await runNumbers()).not.toContain(second.run);
  expect(await runNumbers()).toContain(third.run);

  await age(7);
  await applyRetention(world.state, atOnce);
  expect(await runNumbers()).toEqual([fourth.run]);
});

test('a run after retention continues from the acknowledged state', async () => {
  const definition = definitionFor(newActivation());
  await goodRun(world, definition, [ANNA]);
  await goodRun(world, definition, [CHANGED]);
  await age(1_000);
  await applyRetention(world.state, RETENTION);
  const { delta, plan } = await planned(world, definition, [CHANGED]);
  expect(plan).toMatchObject({ push: null, toSend: 0 });
  expect(await rows(world.state, `select from ${delta}`)).toEqual([]);
});

test('one sweep deletes more than a batch', async () => {
  const run = await runWithRejects();
  await world.state.raw(
    `insert into rejects (run, stage, key, reason) select ?, 'import', 'k' || n, 'REFUSED' from generate_series(1, 25000) n`,
    [run.run],
  );
  await age(15);
  await applyRetention(world.state, RETENTION);
  expect(await left()).toMatchObject({ rejects: 0 });
});

test('two workers may sweep at the same time', async () => {
  for (let i = 0; i < 5; i++) await runWithRejects();
  await age(91);
  await Promise.all([1, 2, 3].map(() => applyRetention(world.state, RETENTION)));
  expect(await left()).toMatchObject({ runs: 0, rejects: 0, reject_history: 0 });
});

test('the tables of a closed run are deleted with it, abandoned attempts included; those of an open run stay', async () => {
  const [one, other] = [definitionFor(newActivation()), definitionFor(newActivation())];
  const closed = await open(world, one);
  await compareInto(world, closed, [ANNA]);
  await extract(world, closed, [ANNA]);
  await settleRun(world.state, closed);
  await closeRun(world.state, closed, ended('failed'));
  const running = await planned(world, other, [ANNA]);
  await cleanUp(world.state);
  expect(await tables(world, /^(delta|aside|result)_/)).toEqual(
    [`aside_${running.run}`, running.delta, `result_${running.run}`].sort(),
  );
});

test('a run that delivered and then failed is deleted with its changes like any other', async () => {
  const definition = definitionFor(newActivation());
  const member = (key: string) => ({ key, values: ['1', '2', '3'] });
  await goodRun(world, definition, [member('anna')]);
  const run = await planned(world, definition, [member('anna'), member('bob')]);
  await sendAll(world, run);
  await deliver(world, run);
  await settleRun(world.state, run);
  await closeRun(world.state, run, ended('failed'));
  const logged = () => rows(world.state, 'select from changes where run = ?', [run.run]);
  expect(await logged()).toHaveLength(1);
  await world.state.raw(`update runs set settled_at = settled_at - interval '15 days' where no = ?`, [
    run.run,
  ]);
  await applyRetention(world.state, RETENTION);
  expect(await logged()).toHaveLength(0);
});
