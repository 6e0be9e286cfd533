import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../state/migrate.ts';
import { readStandings } from '../../state/report/overview.ts';
import { withSnapshot } from '../../state/report/snapshot.ts';
import { openState, rows, type State } from '../../state/state.ts';
import { freshDatabase, type TestDatabase } from '../setup/servers.ts';
import { ACTIVATION, startStand, type Stand } from '../support/stand.ts';
import { hostWorker } from '../support/temporal-run.ts';
import { startPgBouncer, type PgBouncer } from './setup/pgbouncer.ts';

const READER = `pooled_reader_${process.pid}`;

describe('PgBouncer in transaction mode', () => {
  let stand: Stand;
  let database: TestDatabase;
  let pooler: PgBouncer;
  const opened: State[] = [];
  beforeAll(async () => {
    stand = await startStand();
    database = await freshDatabase('pooled');
    pooler = await startPgBouncer([database.url, readerUrl()]);
  });
  afterAll(async () => {
    for (const state of opened) await state.destroy();
    await pooler?.stop();
    await stand?.state.raw(`drop owned by ${READER}; drop role ${READER}`).catch(() => undefined);
    await database?.dispose();
    await stand?.dispose();
  });

  function readerUrl(): string {
    const url = new URL(database.url);
    [url.username, url.password] = [READER, 'reads'];
    return url.href;
  }

  function pooled(url: string): State {
    const state = openState({ url: pooler.through(url), poolSize: 10 });
    opened.push(state);
    return state;
  }

  /** The connections of a pooler after other use of the same database and user. */
  async function openServerConnections(count: number): Promise<void> {
    const pool = new pg.Pool({ connectionString: pooler.through(database.url), max: count });
    const clients = await Promise.all(Array.from({ length: count }, () => pool.connect()));
    for (const client of clients) await client.query('begin');
    for (const client of clients) await client.query('commit');
    for (const client of clients) client.release();
    await pool.end();
  }

  const serverConnections = async () =>
    (await pooler.show('servers')).filter(({ user }) => user === 'postgres').length;

  test('workers, runs and reports work on connections that were open before the schema existed', async () => {
    await openServerConnections(8);
    expect(await serverConnections()).toBe(8);
    const [state, another] = [pooled(database.url), pooled(database.url)];
    await Promise.all([migrate(state), migrate(another)]);
    for (let i = 0; i < 20; i++) expect(await rows(another, 'select from runs')).toEqual([]);

    await stand.actito.seedContacts(['anna', 'bob'].map((name) => ({ emailAddress: `${name}@shop.be` })));
    await stand.warehouse.query(`insert into people (email, first_name) values
      ('anna@shop.be', 'Anna'), ('bob@shop.be', 'Bob'), ('nobody', 'Nob')`);
    const hosted = await hostWorker({ ...stand, stateUrl: pooler.through(database.url) });
    expect(await hosted.run()).toMatchObject({ counts: { added: 2, updated: 2 }, list: { profiles: 2 } });
    await stand.warehouse.query(`delete from people where email = 'bob@shop.be'`);
    expect(await hosted.run()).toMatchObject({ counts: { removed: 1 }, list: { profiles: 1 } });
    await hosted.close();

    await state.raw(`create role ${READER} login password 'reads';
      grant usage on schema actito_sync to ${READER}; grant select on all tables in schema actito_sync to ${READER}`);
    const reader = pooled(readerUrl());
    const [standing] = await withSnapshot(reader, readStandings);
    expect(standing).toMatchObject({ activation: ACTIVATION, members: 1 });
  });

  test('other users of its server connections find them unchanged', async () => {
    const client = new pg.Client({ connectionString: pooler.through(database.url) });
    await client.connect();
    for (let i = await serverConnections(); i >= 0; i--) {
      const { rows: settings } = await client.query(`select name from pg_settings where source = 'session'
        and name not in ('application_name', 'client_encoding', 'DateStyle', 'standard_conforming_strings', 'TimeZone')`);
      expect(settings).toEqual([]);
    }
    await client.end();
  });
});
