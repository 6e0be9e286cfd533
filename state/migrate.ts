import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Knex } from 'knex';
import { Failure } from '../contract/failure.ts';
import { SCHEMA } from './transactions.ts';
import { rows, type State } from './state.ts';

/** The SQL files of this folder in their order; the build copies them beside this module. */
const FILES = ['schema.sql'];

/** A database without our schema gets all files. A later version adds a numbered file. */
const source: Knex.MigrationSource<string> = {
  getMigrations: async () => FILES,
  getMigrationName: (name) => name,
  getMigration: async (name) => ({ up: (knex) => apply(knex, name), down: noWayBack }),
};

async function noWayBack(): Promise<void> {
  throw new Failure('stateNoWayBack', {});
}

async function apply(knex: Knex, file: string): Promise<void> {
  const sql = readFileSync(new URL(`./${file}`, import.meta.url), 'utf8');
  await knex.raw(sql.replaceAll('?', '\\?'));
  if (file === 'schema.sql')
    await knex.raw('insert into forgotten_pepper (pepper) values (?)', [randomBytes(32)]);
}

/** An arbitrary number, the same in every worker. */
const MIGRATION_LOCK = 20_261_123;

/** Another worker may be migrating a large state. */
const LONGEST_MIGRATION = '15min';

/** Files are read by row positions, for which earlier versions scan the whole table. */
const OLDEST_SERVER = 14;

/** @throws Failure StateRefused if the server is too old */
async function requireServer(trx: Knex): Promise<void> {
  const [server] = await rows<{ major: number; version: string }>(
    trx,
    `select current_setting('server_version_num')::int / 10000 as major, current_setting('server_version') as version`,
  );
  if (server!.major >= OLDEST_SERVER) return;
  throw new Failure('stateTooOld', { version: server!.version, oldest: OLDEST_SERVER });
}

/**
 * A schema without our first file was created by a version before 0.1.0, with other migrations.
 * @throws Failure StateRefused
 */
async function requireOurs(trx: Knex): Promise<void> {
  const [table] = await rows<{ exists: boolean }>(
    trx,
    `select to_regclass(? || '.knex_migrations') is not null as exists`,
    [SCHEMA],
  );
  if (!table?.exists) return;
  const [applied] = await rows<{ names: string; ours: boolean }>(
    trx,
    `select coalesce(string_agg(name, ', ' order by id), 'none') as names,
            count(*) = 0 or bool_or(name = ?) and to_regclass(? || '.import_parts') is not null
              and to_regclass(? || '.peer_words') is not null
              and to_regclass(? || '.call_slots') is not null and (
              select count(*) from information_schema.columns
              where table_schema = ? and (table_name, column_name) in (('runs', 'task'), ('exports', 'settings'))) = 2 as ours
     from ??.knex_migrations`,
    [FILES[0]!, SCHEMA, SCHEMA, SCHEMA, SCHEMA, SCHEMA],
  );
  if (applied!.ours) return;
  throw new Failure('stateOfBefore', { schema: SCHEMA, migrations: applied!.names });
}

/**
 * Updates our schema. Several workers may start at the same time, so an advisory lock lets only one migrate.
 * @throws Failure StateRefused if the server is too old, or the schema was created by a version before 0.1.0
 */
export async function migrate(state: State): Promise<void> {
  await state.transaction(async (trx) => {
    await requireServer(trx);
    await trx.raw(`set local lock_timeout = '${LONGEST_MIGRATION}'`);
    await trx.raw('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
    const [found] = await rows<{ exists: boolean }>(
      trx,
      'select exists (select from pg_namespace where nspname = ?) as exists',
      [SCHEMA],
    );
    if (!found?.exists) await trx.raw('create schema ??', [SCHEMA]);
    await requireOurs(trx);
    // The advisory lock already serializes workers. knex's own lock row would remain after a worker was killed.
    await trx.migrate.latest({
      migrationSource: source,
      schemaName: SCHEMA,
      disableMigrationsListValidation: true,
    });
  });
}

/** Returns the names of the missing migrations; all of them for a database without our schema. Changes nothing. */
export async function missingMigrations(state: State): Promise<string[]> {
  const [table] = await rows<{ exists: boolean }>(
    state,
    `select to_regclass(? || '.knex_migrations') is not null as exists`,
    [SCHEMA],
  );
  const applied = table?.exists
    ? await rows<{ name: string }>(state, 'select name from knex_migrations')
    : [];
  return FILES.filter((name) => !applied.some((each) => each.name === name));
}
