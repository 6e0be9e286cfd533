import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Sealed } from '../../contract/foreign.ts';
import { openWarehouse } from '../../warehouse/open.ts';
import { freshDatabase, type TestDatabase } from '../setup/servers.ts';
import { failureOf } from '../support/failure-of.ts';
import { READER, readAll } from './reading.ts';
import { startRedshiftShim, type RedshiftShim } from './shims/redshift/shim.ts';

/* What a session of Redshift tells the server, and learns before the rows. */

let database: TestDatabase;
let shim: RedshiftShim;

beforeAll(async () => {
  database = await freshDatabase('redshift_session');
  shim = await startRedshiftShim({ url: database.url });
});
afterAll(async () => {
  await shim.close();
  await database.dispose();
});

function open() {
  const url = Object.assign(new URL(database.url), { port: String(shim.port) });
  const source = { driver: 'redshift' as const, connection: { env: 'URL' }, statementTimeout: 60_000 };
  return openWarehouse(source, { URL: url.href }, READER);
}

/** Gives the user settings of its own, up to the end of the test. */
async function withRole(settings: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    await shim.execute(`alter role current_user set ${name} = '${value}'`);
    onTestFinished(() => shim.execute(`alter role current_user reset ${name}`));
  }
}

describe('a session of Redshift', () => {
  test('reads the same texts, whatever the date style and the time zone of the user are', async () => {
    await withRole({ datestyle: 'SQL, DMY', timezone: 'Asia/Tokyo' });
    const query = "select date '2026-01-31' as a, timestamptz '2026-01-31 10:20:30+02' as b";
    expect((await readAll(await open(), query, ['a', 'b'])).lines).toEqual([
      ['2026-01-31', '2026-01-31 08:20:30+00'],
    ]);
  });

  test('the owner of the cluster sees the reader as application_name and query_group, but a group of the user stays', async () => {
    const names =
      "select current_setting('application_name') as a, current_setting('redshift.query_group') as b";
    await shim.execute(`create view names as ${names}`);
    const read = async () => (await readAll(await open(), { table: 'names' }, ['a', 'b'])).lines[0];
    expect(await read()).toEqual(['actito-sync vip run 7', 'actito-sync vip run 7']);
    await withRole({ 'redshift.query_group': 'unset' });
    expect(await read()).toEqual(['actito-sync vip run 7', 'actito-sync vip run 7']);
    await withRole({ 'redshift.query_group': 'nightly' });
    expect(await read()).toEqual(['actito-sync vip run 7', 'nightly']);
  });

  test('row-level security of a table, of Redshift or of Lake Formation, is reported, also behind a view and a join; a text that looks like it is not', async () => {
    await shim.execute(`
      create table payments (id int); create table plain (id int);
      create view paid as select p.id from plain p join payments using (id)`);
    const restricted = async (segment: Parameters<typeof readAll>[1]) =>
      (await readAll(await open(), segment, ['id'])).restrictedRows;
    const looksLikeIt = "select id from plain where cast(id as varchar) <> 'XN RLS SecureScan '";
    expect(await restricted({ table: 'payments' })).toBe(false);
    onTestFinished(() => void shim.secured.clear());
    for (const kind of ['RLS', 'LF'] as const) {
      shim.secured.set('payments', kind);
      for (const segment of [{ table: 'payments' }, { table: 'paid' }, 'select id from payments limit 1'])
        expect(await restricted(segment), `${kind}: ${JSON.stringify(segment)}`).toBe(true);
    }
    for (const segment of [{ table: 'plain' }, looksLikeIt])
      expect(await restricted(segment), JSON.stringify(segment)).toBe(false);
  });

  test.each([
    [
      '42501',
      'SegmentQueryFailed',
      /^Row-level security could not be checked: EXPLAIN .* a permission is missing/,
    ],
    ['57P01', 'SourceUnavailable', /ended the connection/],
  ])(
    'if EXPLAIN fails with %s, nothing is read, and the failure says why',
    async (sqlstate, type, message) => {
      const warehouse = await open();
      shim.refusePlans(sqlstate);
      onTestFinished(() => shim.refusePlans(undefined));
      const failure = await failureOf(readAll(warehouse, 'select 1 as id', ['id']));
      expect(failure).toMatchObject({ type, words: expect.any(Sealed) as unknown });
      expect(failure.message).toMatch(message);
      expect(failure.message).not.toContain('secret');
    },
  );
});
