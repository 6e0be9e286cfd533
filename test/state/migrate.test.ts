import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate, missingMigrations } from '../../state/migrate.ts';
import { SCHEMA } from '../../state/transactions.ts';
import { openState, rows, type State } from '../../state/state.ts';
import { freshDatabase, type TestDatabase } from '../setup/servers.ts';

let database: TestDatabase;
const opened: State[] = [];
beforeEach(async () => {
  database = await freshDatabase('migrate');
});
afterEach(async () => {
  for (const state of opened.splice(0)) await state.destroy();
  await database.dispose();
});

function worker(): State {
  const state = openState({ url: database.url, poolSize: 2 });
  opened.push(state);
  return state;
}

async function schemaOf(state: State): Promise<string[]> {
  const found = await rows<{ line: string }>(
    state,
    `select concat_ws(' ', table_schema, table_name, column_name, data_type) as line
     from information_schema.columns where table_schema not in ('pg_catalog', 'information_schema') order by line`,
  );
  return found.map(({ line }) => line);
}

test('workers that start at once on a new database all find it ready', async () => {
  const workers = [worker(), worker(), worker(), worker()];
  await Promise.all(workers.map(migrate));
  for (const state of workers) {
    const [counted] = await rows<{ runs: string }>(state, 'select count(*) as runs from runs');
    expect(counted).toEqual({ runs: '0' });
  }
  const done = await rows<{ name: string }>(workers[0]!, 'select name from knex_migrations order by id');
  const names = done.map(({ name }) => name);
  expect(names.length).toBeGreaterThan(0);
  expect(names).toEqual([...new Set(names)].toSorted());
  expect(await missingMigrations(workers[0]!)).toEqual([]);
});

test('migrating again changes nothing', async () => {
  const state = worker();
  await migrate(state);
  await state.raw(`insert into activations (id, seed, rules) values ('kept', 1, 1)`);
  const before = await schemaOf(state);
  await migrate(state);
  expect(await schemaOf(state)).toEqual(before);
  expect(await rows(state, 'select id from activations')).toEqual([{ id: 'kept' }]);
});

test('a database without the schema lacks every migration, and the check changes nothing', async () => {
  const state = worker();
  expect(await missingMigrations(state)).toEqual(['schema.sql']);
  expect(await schemaOf(state)).toEqual([]);
});

test('all tables are in a schema of their own', async () => {
  const state = worker();
  await migrate(state);
  const lines = await schemaOf(state);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.filter((line) => !line.startsWith(`${SCHEMA} `))).toEqual([]);
});

test('a schema from a version before 0.1.0 is rejected and left alone, and the message says how to replace it', async () => {
  const state = worker();
  await state.raw(
    `create schema ${SCHEMA}; create table knex_migrations (id serial, name text); create table activations (old text);
     insert into knex_migrations (name) values ('20261101_init'), ('20261108_deltas')`,
  );
  const before = await schemaOf(state);
  await expect(migrate(state)).rejects.toMatchObject({
    type: 'StateRefused',
    message: expect.stringMatching(/20261101_init, 20261108_deltas\).*drop schema actito_sync cascade/s),
  });
  expect(await schemaOf(state)).toEqual(before);
  await state.raw(`drop schema ${SCHEMA} cascade`);
  await migrate(state);
  expect(await missingMigrations(state)).toEqual([]);
});

test('a schema that a newer version has migrated further is accepted', async () => {
  const state = worker();
  await migrate(state);
  await state.raw(`insert into knex_migrations (name) values ('0002-later.sql')`);
  await migrate(state);
  expect(await missingMigrations(state)).toEqual([]);
});

test.each([
  'alter table runs rename column task to request',
  'alter table import_parts rename to shared_parts',
])('a schema of an earlier version of the same file is rejected, too: %s', async (before) => {
  const state = worker();
  await migrate(state);
  await state.raw(before);
  await expect(migrate(state)).rejects.toMatchObject({
    type: 'StateRefused',
    message: expect.stringMatching(/\(migrations: schema\.sql\).*drop schema actito_sync cascade/s),
  });
});
