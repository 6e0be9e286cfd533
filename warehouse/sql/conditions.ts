import type { Condition } from '../../contract/messages/conditions.ts';

/** Returns what each number of an error means in a query, from a list of the numbers of each condition. */
export function conditionsOf(numbers: Partial<Record<Condition, number[]>>): ReadonlyMap<number, Condition> {
  const lists = Object.entries(numbers) as [Condition, number[]][];
  return new Map(lists.flatMap(([condition, list]) => list.map((number) => [number, condition])));
}

/** SQLSTATEs of the standard, of ODBC and of PostgreSQL, as Snowflake and Databricks use them. */
const CONDITIONS: Record<string, Condition> = {
  '0A000': 'feature',
  '21000': 'severalRows',
  '22003': 'range',
  '22007': 'moment',
  '22008': 'moment',
  '22012': 'division',
  '22018': 'conversion',
  '42501': 'noPermission',
  '42601': 'syntax',
  '42701': 'duplicateColumn',
  '42702': 'ambiguousName',
  '42703': 'noColumn',
  '42704': 'noTable',
  '42711': 'duplicateColumn',
  '42803': 'notGrouped',
  '42804': 'types',
  '42883': 'noFunction',
  '42S02': 'noTable',
  '42P01': 'noTable',
  '3F000': 'noSchema',
  '42K09': 'types',
  '42000': 'syntax',
  '54000': 'limit',
  '57014': 'canceled',
};

/** Returns what an SQLSTATE means; undefined if only its class is known, or nothing. */
export function conditionOfSqlstate(sqlstate: string | undefined): Condition | undefined {
  if (sqlstate === undefined) return undefined;
  return CONDITIONS[sqlstate] ?? (sqlstate.startsWith('22') ? 'value' : undefined);
}
