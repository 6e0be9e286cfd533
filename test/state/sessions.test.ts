import type { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../state/migrate.ts';
import { readStandings } from '../../state/report/overview.ts';
import { withSnapshot } from '../../state/report/snapshot.ts';
import { openState, type State } from '../../state/state.ts';
import { directRunner } from '../support/direct-run.ts';
import { ACTIVATION, startStand, type Stand } from '../support/stand.ts';

/*
 * A pooler in transaction mode gives each transaction another session. Here each transaction gets a session
 * that has just been reset, and the test records what it leaves in the session. The real PgBouncer:
 * test/servers/pgbouncer.servers.ts.
 */

let stand: Stand;
let state: State;
const left: string[] = [];
let transactions = 0;
beforeAll(async () => {
  stand = await startStand();
  state = resetBetweenTransactions(stand.stateUrl);
});
afterAll(async () => {
  await state?.destroy();
  await stand?.dispose();
});

const LEFT = `
  select 'setting ' || name as what from pg_settings where source = 'session'
  union all select 'advisory lock' from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()
  union all select 'prepared statement ' || name from pg_prepared_statements
  union all select 'temporary table ' || relname from pg_class where relnamespace = pg_my_temp_schema()
  union all select 'open transaction' where now() < statement_timestamp()
  union all select 'channel ' || channel from pg_listening_channels() as channel`;

function resetBetweenTransactions(url: string): State {
  const opened = openState({ url, poolSize: 12 });
  const pool = opened.client as {
    acquireConnection(): Promise<Client>;
    releaseConnection(client: Client): Promise<void>;
  };
  const [acquire, release] = [pool.acquireConnection.bind(pool), pool.releaseConnection.bind(pool)];
  pool.acquireConnection = async () => {
    const client = await acquire();
    await client.query('discard all');
    return client;
  };
  pool.releaseConnection = async (client) => {
    transactions++;
    if (!('__knex__disposed' in client)) {
      const found = await client.query<{ what: string }>(LEFT).then(
        ({ rows }) => rows.map(({ what }) => what),
        (error: Error) => [error.message],
      );
      left.push(...found);
    }
    await release(client);
  };
  return opened;
}

test('runs depend on nothing from the session of the previous transaction, and leave nothing to the next one', async () => {
  await migrate(state);
  const runner = await directRunner({ ...stand, state });
  await stand.actito.seedContacts(['anna', 'bob'].map((name) => ({ emailAddress: `${name}@shop.be` })));
  await stand.warehouse.query(`insert into people (email, first_name) values
    ('anna@shop.be', 'Anna'), ('bob@shop.be', 'Bob'), ('nobody', 'Nob')`);
  expect(await runner.run()).toMatchObject({ list: { profiles: 2 }, counts: { added: 2, updated: 2 } });
  expect(await runner.run({ dryRun: true })).toMatchObject({ plan: { toSend: 0 } });
  await stand.warehouse.query(`delete from people where email = 'bob@shop.be'`);
  expect(await runner.run({ killedAfter: 'compare' })).toEqual({ killed: true });
  expect(await runner.run()).toMatchObject({ list: { profiles: 1 }, counts: { removed: 1 } });
  expect(await runner.run({ rebase: true })).toMatchObject({ outcome: 'succeeded with rejects' });
  await runner.close();

  const [standing] = await withSnapshot(state, readStandings);
  expect(standing).toMatchObject({ activation: ACTIVATION, members: 1 });
  await expect(state.raw('select nonsense')).rejects.toThrow('does not exist');
  expect(await state.raw('select 1 as one')).toMatchObject({ rows: [{ one: 1 }] });
  expect(left).toEqual([]);
  expect(transactions).toBeGreaterThan(50);
});
