import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withRows } from '../../state/copy.ts';
import { stateFailure } from '../../state/failures.ts';
import { withSnapshot } from '../../state/report/snapshot.ts';
import { fenced, lockLease } from '../../state/runs/lease.ts';
import { openState, rows, type State } from '../../state/state.ts';
import { definitionFor, freshState, newActivation, open, type StateWorld } from './support.ts';

/* A role or a database may have timeouts for other uses. Ours apply, in every kind of transaction. */

let world: StateWorld;
let state: State;
beforeAll(async () => {
  world = await freshState();
  const name = new URL(world.url).pathname.slice(1);
  for (const setting of [
    'statement_timeout',
    'lock_timeout',
    'idle_in_transaction_session_timeout',
    'transaction_timeout',
  ])
    await world.state.raw(`alter database ${name} set ${setting} = '100ms'`);
  state = openState({ url: world.url, watch: { every: 50, quiet: 100, timeout: 5_000 } });
});
afterAll(async () => {
  await state?.destroy();
  await world?.dispose();
});

const LONG = 'select pg_sleep(0.3)';

test('a single statement may take its time', async () => {
  await expect(state.raw(LONG)).resolves.toBeDefined();
});

test('a transaction may take its time, idle, and wait for a lock', async () => {
  await state.transaction(async (trx) => {
    await trx.raw(LONG);
    await sleep(300);
    const holder = await state.transaction();
    await holder.raw('lock table runs');
    setTimeout(() => void holder.rollback(), 300);
    await trx.raw('select count(*) from runs');
  });
});

test('a report may take its time, and so may a reader of rows', async () => {
  const counted = await withSnapshot(state, async (snapshot) => {
    await snapshot.rows(LONG);
    await sleep(300);
    return snapshot.rows('select count(*) from runs');
  });
  expect(counted).toEqual([{ count: '0' }]);
  const lines = await withRows(state, `select 1 from (${LONG}) as long`, async (batches) => {
    let read = '';
    for await (const batch of batches) read += batch.toString();
    await sleep(300);
    return read;
  });
  expect(lines).toBe('1\n');
});

test('PostgreSQL checks whether the client is still connected, from the first statement of a transaction on', async () => {
  const inForce = await state.transaction((trx) =>
    rows<{ name: string; setting: string }>(
      trx,
      `select name, setting from pg_settings where name ~ '^(tcp_|client_connection_check)' and setting <> '0' order by name`,
    ),
  );
  expect(inForce.map(({ name }) => name)).toEqual([
    'client_connection_check_interval',
    'tcp_keepalives_count',
    'tcp_keepalives_idle',
    'tcp_keepalives_interval',
    'tcp_user_timeout',
  ]);
});

test('a lock timeout is reported with the run that holds the lock', async () => {
  const run = await open(world, definitionFor(newActivation()));
  const waiting = () =>
    state.transaction(async (trx) => {
      await trx.raw(`set local lock_timeout = '3s'`);
      await lockLease(trx, run, 'no key update');
    });
  const error = await fenced(world.state, run, () => waiting().catch((reason: unknown) => reason));
  const failure = stateFailure(error)!;
  expect(failure).toMatchObject({ type: 'StateUnavailable', retryable: true });
  expect(failure.told.facts).toMatchObject({ holders: [{ process: String(process.pid), run: run.run }] });
  expect(failure.message).toContain(`run ${run.run} of process ${process.pid}`);
});

test('the name of another program, which may be anything, is not shown', async () => {
  const other = await world.state.transaction();
  await other.raw(`set local application_name = 'anna@shop.be'`);
  await other.raw('lock table runs');
  const waiting = state.transaction(async (trx) => {
    await trx.raw(`set local lock_timeout = '700ms'`);
    await trx.raw('select from runs');
  });
  const failure = stateFailure(await waiting.catch((reason: unknown) => reason))!;
  await other.rollback();
  expect(failure.told.facts).toMatchObject({ holders: [], others: 1 });
  expect(JSON.stringify(failure.told)).not.toContain('anna');
});
