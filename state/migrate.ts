import type { Knex } from 'knex';
import * as initial from './migrations/0001-initial.ts';
import { rows, SCHEMA, type State } from './state.ts';

const MIGRATIONS: Record<string, Knex.Migration> = { '0001-initial': initial };

/** Named in code instead of found on disk, so that they survive bundling. */
const source: Knex.MigrationSource<string> = {
  getMigrations: async () => Object.keys(MIGRATIONS),
  getMigrationName: (name) => name,
  getMigration: async (name) => MIGRATIONS[name]!,
};

/** Any number; the same in every worker. */
const MIGRATION_LOCK = 20_261_123;

/** Brings our schema up to date. Several workers may start at once: an advisory lock lets one migrate. */
export async function migrate(state: State): Promise<void> {
  await state.transaction(async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
    const [found] = await rows<{ exists: boolean }>(
      trx,
      'select exists (select from pg_namespace where nspname = ?) as exists',
      [SCHEMA],
    );
    if (!found?.exists) await trx.raw('create schema ??', [SCHEMA]);
    // The advisory lock already serialises workers; knex's own lock row would outlive a killed one.
    await trx.migrate.latest({
      migrationSource: source,
      schemaName: SCHEMA,
      disableMigrationsListValidation: true,
    });
  });
}
