import { afterAll, beforeAll, expect, test } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import { stateFailure } from '../../state/failures.ts';
import { migrate } from '../../state/migrate.ts';
import { readStandings } from '../../state/report/overview.ts';
import { withSnapshot } from '../../state/report/snapshot.ts';
import { openState, rows, type State } from '../../state/state.ts';
import { freshDatabase, type TestDatabase } from '../setup/servers.ts';
import { ACTIVATION, startStand, type Stand } from '../support/stand.ts';
import { hostWorker } from '../support/temporal-run.ts';
import { startPgpool, type Pgpool } from './setup/pgpool.ts';
import { startPostgres15 } from './setup/postgres-15.ts';

let stand: Stand;
let database: TestDatabase;
let pooler: Pgpool;
const opened: State[] = [];

function open(url: string, poolSize = 10): State {
  const state = openState({ url, poolSize });
  opened.push(state);
  return state;
}

/** Why a statement failed, in our own terms. */
async function failureOf(statement: Promise<unknown>) {
  const error = await statement.then(
    () => undefined,
    (error: unknown) => error,
  );
  return stateFailure(error);
}
beforeAll(async () => {
  stand = await startStand();
  database = await freshDatabase('pgpool');
  pooler = await startPgpool([database.url]);
});
afterAll(async () => {
  for (const state of opened) await state.destroy();
  await pooler?.stop();
  await database?.dispose();
  await stand?.dispose();
});

test('workers, runs and reports work through Pgpool-II', async () => {
  const state = open(pooler.through(database.url));
  await migrate(state);
  for (let i = 0; i < 5; i++) expect(await rows(state, 'select from runs')).toEqual([]);
  await stand.actito.seedContacts(['anna', 'bob'].map((name) => ({ emailAddress: `${name}@shop.be` })));
  await stand.warehouse.query(`insert into people (email, first_name) values
    ('anna@shop.be', 'Anna'), ('bob@shop.be', 'Bob'), ('nobody', 'Nob')`);
  const hosted = await hostWorker({ ...stand, stateUrl: pooler.through(database.url) });
  expect(await hosted.run()).toMatchObject({ counts: { added: 2, updated: 2 }, list: { profiles: 2 } });
  await stand.warehouse.query(`delete from people where email = 'bob@shop.be'`);
  expect(await hosted.run()).toMatchObject({ counts: { removed: 1 }, list: { profiles: 1 } });
  await hosted.close();
  const [standing] = await withSnapshot(state, readStandings);
  expect(standing).toMatchObject({ activation: ACTIVATION, members: 1 });
});

test.each(['password', 'username'] as const)(
  'a wrong %s, which Pgpool-II reports as an internal error, is no defect: the error says what to check',
  async (part) => {
    const url = new URL(pooler.through(database.url));
    url[part] = 'hunter2';
    const failure = await failureOf(rows(open(url.href, 1), 'select 1'));
    expect(failure).toMatchObject({
      type: 'StateUnavailable',
      tries: 20,
      told: { facts: { limit: 'pooler' } },
    });
    expect(failure!.message).toContain('Check user and password in the URL');
    expect(failure!.message).not.toContain('hunter2');
  },
);

test('an idle session that Pgpool-II ends is tried again, and its limit is that of a pooler', async () => {
  const strict = await startPgpool([database.url], { client_idle_limit: '1' });
  const state = open(strict.through(database.url), 1);
  const failure = await failureOf(
    state.transaction(async (trx) => {
      await trx.raw('select 1');
      await sleep(2_500);
      await trx.raw('select 1');
    }),
  );
  expect(failure).toMatchObject({ type: 'StateUnavailable', told: { facts: { limit: 'pooler' } } });
  expect(await rows(state, 'select 1 as one')).toEqual([{ one: 1 }]);
  await state.destroy();
  await strict.stop();
});

test('a Pgpool-II without a free connection, or whose server is down, is retried, with what to check', async () => {
  const server = await startPostgres15();
  await server.admin.query(`alter role postgres password 'pass'`);
  const url = `postgres://postgres:pass@127.0.0.1:${server.port}/postgres`;
  const small = await startPgpool([url], { num_init_children: '2', reserved_connections: '1' });
  const first = open(small.through(url), 1);
  // The connection that found out that it is ready may still be open.
  await expect.poll(() => rows(first, 'select 1').catch(() => undefined), { timeout: 20_000 }).toBeDefined();
  const full = await failureOf(rows(open(small.through(url), 1), 'select 1'));
  expect(full).toMatchObject({ type: 'StateUnavailable', retryable: true });
  expect(full!.message).toContain('it has no free connection');
  await first.destroy();

  await server.stop();
  await expect
    .poll(async () => (await failureOf(rows(open(small.through(url), 1), 'select 1')))?.message, {
      timeout: 20_000,
    })
    .toContain('whether the server behind it is running');
  await small.stop();
});
