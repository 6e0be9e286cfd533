import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { stateFailure } from '../../state/failures.ts';
import { openState } from '../../state/state.ts';
import { openPostgres } from '../../warehouse/postgres/open.ts';
import { until } from '../setup/until.ts';
import { READER, readAll } from '../warehouse/reading.ts';
import { startPostgres15, type Postgres15 } from './setup/postgres-15.ts';

let primary: Postgres15;
beforeAll(async () => {
  primary = await startPostgres15({ settings: { wal_level: 'replica', hot_standby_feedback: 'off' } });
  await primary.admin.query(`
    create role reader login; alter role reader set work_mem = '64kB';
    create table people as select i as id, repeat('x', 100) as name from generate_series(1, 20000) i;
    grant select on people to reader`);
});
afterAll(() => primary?.stop());
afterEach(async () => {
  await primary.admin.query('alter role reader reset all; alter role reader connection limit -1');
});

const url = ({ socket, port } = primary) => `postgres://reader@/postgres?host=${socket}&port=${port}`;
const open = (of?: Postgres15) =>
  openPostgres({ url: url(of), variable: 'SHOP_URL', statementTimeout: 60_000, reader: READER });

/** How a read of the table fails. */
async function failureOf(query = 'select id, name from people'): Promise<unknown> {
  return open()
    .then((warehouse) => readAll(warehouse, query, ['id']))
    .catch((error: unknown) => error);
}

/**
 * A limit fails the read for now, and permanently after some attempts; the error names the setting, with its
 * value if there is one.
 */
function limited(reason: RegExp, tries: number) {
  return {
    type: 'SourceUnavailable',
    retryable: true,
    tries,
    message: expect.stringMatching(reason) as string,
  };
}

describe('a limit that an administrator has set on a warehouse', () => {
  test('applies to a lock that is not granted in time', async () => {
    await primary.admin.query(`alter role reader set lock_timeout = '100ms'`);
    await primary.admin.query('begin; lock table people');
    const failure = await failureOf();
    await primary.admin.query('rollback');
    expect(failure).toMatchObject(limited(/55P03, lock_timeout = 100ms; SHOP_URL\).*Raise lock_timeout/, 10));
  });

  test('applies to a transaction that was idle for too long while the other side was slow', async () => {
    await primary.admin.query(`alter role reader set idle_in_transaction_session_timeout = '100ms'`);
    const warehouse = await open();
    const { signal } = new AbortController();
    await warehouse.clock(signal);
    await until('the server has ended the session', async () => {
      const { rowCount } = await primary.admin.query(`select from pg_stat_activity where usename = 'reader'`);
      return rowCount === 0;
    });
    await expect(readAll(warehouse, 'select id from people', ['id'])).rejects.toMatchObject(
      limited(/25P03, idle_in_transaction_session_timeout = 100ms; SHOP_URL/, 5),
    );
  });

  test('applies to a statement that another user canceled', async () => {
    const failing = failureOf('select 1 as id from pg_sleep(60)');
    await until('the query is canceled', async () => {
      const { rowCount } = await primary.admin.query(
        `select pg_cancel_backend(pid) from pg_stat_activity
          where usename = 'reader' and query like '%pg_sleep%' and state = 'active'`,
      );
      return rowCount === 1;
    });
    expect(await failing).toMatchObject(limited(/57014; SHOP_URL\).*statement_timeout/, 3));
  });

  test('applies to temporary files, and connections of the role', async () => {
    await primary.admin.query(
      `alter role reader set work_mem = '64kB'; alter role reader set temp_file_limit = '100kB'`,
    );
    expect(await failureOf('select id, name from people order by name, id')).toMatchObject(
      limited(/53400, temp_file_limit = 100kB; SHOP_URL\)/, 3),
    );
    await primary.admin.query('alter role reader connection limit 0');
    expect(await failureOf()).toMatchObject(limited(/53300; SHOP_URL\).*max_connections/, 20));
  });

  test('does not apply to the statement timeout of the role, since statementTimeout of the source counts', async () => {
    await primary.admin.query(`alter role reader set statement_timeout = '1ms'`);
    expect(await failureOf('select 1 as id from pg_sleep(0.05)')).toMatchObject({ lines: [['1']] });
  });
});

describe('a standby', () => {
  let standby: Postgres15;
  beforeAll(async () => {
    const settings = { max_standby_streaming_delay: '0', hot_standby_feedback: 'off' };
    standby = await startPostgres15({ standbyOf: primary, settings });
  });
  afterAll(() => standby?.stop());

  test('that cancels queries that conflict with its recovery is retried, with advice for its limits', async () => {
    const warehouse = await open(standby);
    const { signal } = new AbortController();
    const query = 'select id, pg_sleep(case id when 1 then 60 else 0 end)::text from people';
    const read = await warehouse.read({ segment: { query }, columns: ['id'], signal });
    const next = read.batches[Symbol.asyncIterator]().next();
    const failed = expect(next).rejects.toMatchObject(
      limited(/\(SQLSTATE 40001; SHOP_URL\).*hot_standby_feedback.*max_standby_streaming_delay/, 10),
    );
    await primary.admin.query('update people set name = name');
    await primary.admin.query('vacuum people');
    await failed;
    await warehouse.close();
  });

  test('that is used as the state database is reported as a standby, in case it becomes the primary', async () => {
    const state = openState({ url: url(standby).replace('reader', 'postgres'), poolSize: 1 });
    const error: unknown = await state.raw('create schema actito_sync').catch((reason: unknown) => reason);
    await state.destroy();
    expect(stateFailure(error)).toMatchObject({
      type: 'StateUnavailable',
      tries: 10,
      message: expect.stringMatching(/25006; ACTITO_SYNC_DATABASE_URL\).*to the primary server/) as string,
    });
  });
});
