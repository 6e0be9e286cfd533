import { DatabaseError } from 'pg';
import { Failure } from '../../contract/failure.ts';
import { sqlstateOf } from '../../contract/foreign.ts';
import type { PostgresClient } from '../../postgres/client.ts';
import { nearestTable, type KnownTable } from '../tables.ts';

/** No such table, or no such schema. */
const MISSING = ['42P01', '3F000'];
/** The maximum number of names to compare with; a warehouse may have many more. */
const MOST = 10_000;

export function isMissingTable(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && MISSING.includes(sqlstateOf(error));
}

/**
 * Returns the failure for a missing table, with a suggestion: PostgreSQL folds names to lower case, and a table may be
 * in another schema. Only tables that the role may read are suggested. The transaction has failed and is ended.
 */
export async function missingTable(
  client: PostgresClient,
  table: string,
  error: DatabaseError,
): Promise<Failure> {
  await client.query('rollback');
  const { rows } = await client.query<KnownTable>(
    `select n.nspname as schema, c.relname as name, pg_table_is_visible(c.oid) as "isVisible"
       from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^(pg_|information_schema$)'
        and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
        and position('.' in n.nspname || c.relname) = 0
      order by lower(n.nspname || '.' || c.relname) = lower($1) desc, lower(c.relname) = lower($2) desc, n.nspname, c.relname
      limit ${MOST}`,
    [table, table.split('.').at(-1)],
  );
  const near = nearestTable(table, rows);
  return new Failure('tableMissing', { table, near, code: `SQLSTATE ${sqlstateOf(error)}` });
}
