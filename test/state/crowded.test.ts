import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { runSql } from '../../dev/databases.ts';
import { onConnected, openState, type State } from '../../state/state.ts';
import { until } from '../setup/until.ts';
import { freshDatabase, type TestDatabase } from '../setup/servers.ts';
import { startCountingProxy, type CountingProxy } from '../support/counting-proxy.ts';

/* PostgreSQL has no free connection for our role. */

const role = `crowded_${randomBytes(4).toString('hex')}`;
let database: TestDatabase;
let proxy: CountingProxy;
const opened: State[] = [];
beforeAll(async () => {
  database = await freshDatabase('crowded');
  await runSql(database.url, `create role ${role} login password 'x'`);
  const url = Object.assign(new URL(database.url), { username: role, password: 'x' });
  proxy = await startCountingProxy(url.href);
});
afterAll(async () => {
  proxy?.stop();
  await runSql(database.url, `drop role if exists ${role}`);
  await database?.dispose();
});
afterEach(async () => {
  await allow(-1);
  await Promise.all(opened.splice(0).map((state) => state.destroy()));
});

const allow = (connections: number) =>
  runSql(database.url, `alter role ${role} connection limit ${connections}`);
/** Milliseconds; longer than any test, so that this time never ends the wait. */
const LONG = 600_000;

function open(waitFor?: number): State {
  const state = openState({ url: proxy.url, poolSize: 3, waitFor });
  opened.push(state);
  return state;
}

/** A query that the server has refused a connection. */
async function queryWithoutConnection(state: State) {
  const before = proxy.refused();
  let isAnswered = false;
  const answer = state.raw('select 1').then(() => (isAnswered = true));
  await until('the server has refused it a connection', async () => proxy.refused() > before);
  expect(isAnswered).toBe(false);
  return { answer };
}

test('a worker waits for a connection until one is free again', async () => {
  await allow(0);
  const query = await queryWithoutConnection(open(LONG));
  await allow(-1);
  expect(await query.answer).toBe(true);
});

test('the worker uses a connection of its own that becomes free, however few the server allows', async () => {
  await allow(1);
  const state = open(LONG);
  let connected = 0;
  onConnected(state, () => connected++);
  const trx = await state.transaction();
  const query = await queryWithoutConnection(state);
  await trx.commit();
  expect(await query.answer).toBe(true);
  expect(connected).toBe(1);
});

test('outside a worker, the failure is reported at once, without waiting', async () => {
  await allow(0);
  await expect(open().raw('select 1')).rejects.toMatchObject({ code: '53300' });
});
