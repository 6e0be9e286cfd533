import { Failure } from '../../contract/failure.ts';
import { nearestTable, type KnownTable } from '../tables.ts';
import type { DuckdbError, Engine } from './engine.ts';
import type { FolderTable } from './folder.ts';

/** The maximum number of names to compare with. */
const MOST = 10_000;

/** Returns the failure for a missing table, with a suggestion. DuckDB's own one is often a table of its catalog. */
export async function missingTable(
  engine: Engine,
  table: string,
  inFolder: FolderTable[],
  { message: words }: DuckdbError,
  limit: number,
): Promise<Failure> {
  const sql = `
    select table_schema, table_name, table_schema = current_schema() from information_schema.tables
    order by table_schema, table_name limit ${MOST}`;
  const rows = (await engine.ask({ ask: 'rows', sql }, limit)) as [string, string, unknown][];
  const known: KnownTable[] = [
    ...rows.map(([schema, name, isVisible]) => ({ schema, name, isVisible: isVisible === true })),
    ...inFolder.map(({ name }) => ({ schema: 'main', name, isVisible: true })),
  ];
  return new Failure('tableMissing', { table, near: nearestTable(table, known) }, { words });
}
