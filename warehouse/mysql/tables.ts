import { Failure } from '../../contract/failure.ts';
import { nearestTable } from '../tables.ts';
import type { MysqlConnection } from './connection.ts';

/** No such table, no such database, or no right to read the table. */
const MISSING = [1049, 1142, 1146];
/** The maximum number of names to compare with; a warehouse may have many more. */
const MOST = 10_000;

/** The error of a table that this user cannot see. */
interface MissingTable {
  errno: number;
  sqlMessage?: string;
}

export function isMissingTable(error: unknown): error is MissingTable {
  return error instanceof Error && MISSING.includes((error as Partial<MissingTable>).errno ?? 0);
}

/**
 * Returns the failure for a missing table, with a suggestion. Only tables that the user may read are suggested; their
 * names are case-sensitive on most servers.
 */
export async function missingTable(
  connection: MysqlConnection,
  table: string,
  { errno, sqlMessage }: MissingTable,
  silence: number,
): Promise<Failure> {
  const rows = (await connection.query(
    `select table_schema, table_name, table_schema = database() from information_schema.tables
      where table_schema not in ('mysql', 'information_schema', 'performance_schema', 'sys')
        and instr(concat(table_schema, table_name), '.') = 0
      order by table_schema, table_name limit ${MOST}`,
    silence,
  )) as [schema: string, name: string, isOwn: string | null][];
  const known = rows.map(([schema, name, isOwn]) => ({ schema, name, isVisible: isOwn === '1' }));
  const near = nearestTable(table, known);
  return new Failure('tableMissing', { table, near, code: `MySQL error ${errno}` }, { words: sqlMessage });
}
