import { afterAll, beforeAll, expect, test } from 'vitest';
import pg from 'pg';
import { createDatabase } from '../../dev/databases.ts';
import { startPostgres, type Postgres } from '../../dev/postgres.ts';
import { migrate } from '../../state/migrate.ts';
import { openState } from '../../state/state.ts';
import { until } from '../setup/until.ts';
import { LIST, startStand, type Stand } from '../support/stand.ts';
import { hostWorker, type Hosted } from '../support/temporal-run.ts';

/* PostgreSQL of its own: killing one backend makes it restart all, and empties every unlogged table. */

let postgres: Postgres;
let stand: Stand;
let hosted: Hosted;
beforeAll(async () => {
  postgres = await startPostgres({ settings: { synchronous_commit: 'on' } });
  const usual = await startStand();
  const stateUrl = await createDatabase(postgres.adminUrl, 'state');
  await usual.state.destroy();
  stand = { ...usual, stateUrl, state: openState({ url: stateUrl, poolSize: 4 }) };
  await migrate(stand.state);
  hosted = await hostWorker(stand);
});
afterAll(async () => {
  await hosted?.close();
  await stand?.dispose();
  await stand?.state.destroy();
  await postgres?.stop();
});

async function killABackend(): Promise<void> {
  const client = new pg.Client({ connectionString: stand.stateUrl });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  process.kill(rows[0]!.pid, 'SIGKILL');
  await client.end().catch(() => undefined);
}

test('a stage that PostgreSQL lost between plan and push is read again, and nothing is lost', async () => {
  await stand.actito.seedContacts([{ emailAddress: 'anna@shop.be' }, { emailAddress: 'bob@shop.be' }]);
  await stand.warehouse.query(
    `insert into people values ('anna@shop.be', 'Anna', 1, 'Gent'), ('bob@shop.be', 'Bob', 2, 'Lyon')`,
  );
  stand.actito.setFault('importsStuck', {});
  const handle = await hosted.start({ activation: 'vip' });
  await until('the import has begun', async () => stand.actito.imports().length > 0);
  await killABackend();
  stand.actito.setFault('importsStuck', null);

  const result = await handle.result();
  expect(result).toMatchObject({ outcome: 'succeeded', counts: { members: 2 }, list: { profiles: 2 } });
  expect((result as { notes: string[] }).notes.join()).toContain('The stage was lost');
  expect([...stand.actito.listMembers(LIST)].sort()).toEqual(['anna@shop.be', 'bob@shop.be']);
  expect(stand.actito.contact('emailAddress', 'bob@shop.be')).toMatchObject({
    firstName: 'Bob',
    city: 'Lyon',
  });
  expect(await hosted.run()).toMatchObject({ counts: { unchanged: 2 }, list: { pushed: null } });
}, 120_000);
