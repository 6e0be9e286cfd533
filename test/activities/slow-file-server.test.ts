import { expect, test } from 'vitest';
import { standWithRunner } from '../support/direct-run.ts';
import { startSilentProxy } from '../support/silent-proxy.ts';
import { destination } from '../support/stand.ts';

/*
 * A file server that receives a list slowly, or stops in the middle of it, must not affect the state
 * database.
 */

const { stand, runner } = await standWithRunner();

/** More than the buffers between the state and the file server can hold. */
const MEMBERS = 200_000;

const openTransactions = async () =>
  (
    await stand.state.raw<{ rows: unknown[] }>(
      `select from pg_stat_activity
       where datname = current_database() and xact_start is not null and pid <> pg_backend_pid()`,
    )
  ).rows.length;

test('no transaction of the state is open while the file server receives the list', async () => {
  await stand.warehouse.query(
    `insert into people (email) select 'someone' || i || '@shop.be' from generate_series(1, ${MEMBERS}) i`,
  );
  const proxy = await startSilentProxy(stand.actito.sftp);
  try {
    await stand.writeActivation({ attributes: [] });
    const { delivery } = destination(stand.actito);
    await stand.writeDestination({ delivery: { ...(delivery as object), port: proxy.port } });
    proxy.hushAfter(200_000);
    const run = runner.run({ killedAfter: 'pushList' });
    await proxy.silent();
    expect(await openTransactions()).toBe(0);
    proxy.resume();
    expect(await run).toEqual({ killed: true }); // not failed before
    expect(await stand.state('deliveries').whereNotNull('delivered_at')).toMatchObject([
      { members: String(MEMBERS) },
    ]);
  } finally {
    proxy.stop();
  }
});
