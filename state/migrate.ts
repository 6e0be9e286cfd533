import type { Knex } from 'knex';
import * as initial from './migrations/0001-initial.ts';
import * as rejectsAndRetention from './migrations/0002-rejects-and-retention.ts';
import * as decisions from './migrations/0003-decisions.ts';
import * as samples from './migrations/0004-samples.ts';
import * as sourceGuards from './migrations/0005-source-guards.ts';
import * as listValidity from './migrations/0006-list-validity.ts';
import * as failureWord from './migrations/0007-failure-word.ts';
import * as grace from './migrations/0008-grace.ts';
import * as changes from './migrations/0009-changes.ts';
import * as forgotten from './migrations/0010-forgotten.ts';
import * as importsInLine from './migrations/0011-imports-in-line.ts';
import * as decidedRebase from './migrations/0012-decided-rebase.ts';
import { rows, SCHEMA, type State } from './state.ts';

const MIGRATIONS: Record<string, Knex.Migration> = {
  '0001-initial': initial,
  '0002-rejects-and-retention': rejectsAndRetention,
  '0003-decisions': decisions,
  '0004-samples': samples,
  '0005-source-guards': sourceGuards,
  '0006-list-validity': listValidity,
  '0007-failure-word': failureWord,
  '0008-grace': grace,
  '0009-changes': changes,
  '0010-forgotten': forgotten,
  '0011-imports-in-line': importsInLine,
  '0012-decided-rebase': decidedRebase,
};

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

/** The migrations that our schema lacks, by name; a database without our schema lacks them all. Changes nothing. */
export async function missingMigrations(state: State): Promise<string[]> {
  const [table] = await rows<{ exists: boolean }>(
    state,
    `select to_regclass(? || '.knex_migrations') is not null as exists`,
    [SCHEMA],
  );
  const applied = table?.exists
    ? await rows<{ name: string }>(state, 'select name from knex_migrations')
    : [];
  return Object.keys(MIGRATIONS).filter((name) => !applied.some((each) => each.name === name));
}
