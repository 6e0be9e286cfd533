import type { SegmentRequest } from '../source.ts';
import { aliases, around, quoted, type Dialect, type Selection, type Statement } from '../sql/statements.ts';
import type { TrinoColumn } from './kinds.ts';

/** https://github.com/trinodb/trino/blob/master/core/trino-grammar/src/main/antlr4/io/trino/grammar/sql/SqlBase.g4 */
const TRINO: Dialect = {
  quote: (name) => quoted(name, '"'),
  tokens: {
    lineComments: ['--'],
    nestsComments: false,
    pieces: [/\s+/y, /'(?:[^']|'')*'/y, /"(?:[^"]|"")*"/y, /`(?:[^`]|``)*`/y, /[\w\u0080-\uffff]+/y],
  },
};

/** Describes the segment without reading a row. */
export function describeStatement(segment: Selection): Statement {
  return around(TRINO, 'select * from ', segment, ' limit 0');
}

/** Reads texts of columns, in this order. @param count of all columns of the segment */
export function readStatement(
  segment: SegmentRequest['segment'],
  columns: TrinoColumn[],
  count: number,
): Statement {
  return around(TRINO, `select ${columns.map(asText).join(', ')} from `, segment, aliases(count));
}

/** The first column of the first row. */
export function lookStatement(query: string, setting: string, [column, ...others]: TrinoColumn[]): Statement {
  const after = `${aliases(1 + others.length)} limit 1`;
  return around(TRINO, `select ${asText(column!)} from `, { query, setting }, after);
}

/** The server's clock, in milliseconds since 1970. */
export const CLOCK: Statement = {
  text: 'select cast(cast(to_unixtime(current_timestamp) * 1000 as bigint) as varchar) as now',
  offset: 0,
};

/** JSON would lose digits of large integers, and floating-point numbers have several spellings there. */
function asText({ kind, databaseType, position }: TrinoColumn): string {
  const column = `c${position}`;
  if (kind === 'unsupported') return `typeof(${column})`; // some types have no text; nobody uses the value
  if (kind === 'timestamptz') return `cast(at_timezone(${column}, 'UTC') as varchar)`;
  // a cast keeps only seven digits; of NULL, the format is a text
  if (databaseType === 'real') return `case when ${column} is not null then format('%s', ${column}) end`;
  // the padding of a char(n) is no part of its value
  if (databaseType.startsWith('char')) return `rtrim(cast(${column} as varchar))`;
  return databaseType.startsWith('varchar') ? column : `cast(${column} as varchar)`;
}
