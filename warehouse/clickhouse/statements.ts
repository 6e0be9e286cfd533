import type { SegmentRequest } from '../source.ts';
import { around, type Dialect, type Statement } from '../sql/statements.ts';
import type { ClickHouseColumn } from './kinds.ts';

const quote = (name: string) => `"${name.replaceAll('\\', '\\\\').replaceAll('"', '""')}"`;

/** https://clickhouse.com/docs/sql-reference/syntax */
const CLICKHOUSE: Dialect = {
  quote,
  tokens: {
    lineComments: ['--', '//', '#!', '# '],
    nestsComments: true,
    pieces: [
      /\s+/y,
      /'(?:[^'\\]|\\[^]|'')*'/y,
      /"(?:[^"\\]|\\[^]|"")*"/y,
      /`(?:[^`\\]|\\[^]|``)*`/y,
      /\$(\w*)\$[^]*?\$\1\$/y,
      /[\w$\u0080-\uffff]+/y,
    ],
  },
};

/** A statement with the format of its answer, as settings of the request. */
export interface Asked extends Statement {
  format: Record<string, string>;
}

/** A header with names and types, and all rows at once: for at most one row. An error then always has a status. */
const DESCRIBED = { default_format: 'TabSeparatedWithNamesAndTypes', wait_end_of_query: '1' };

/** Describes the segment without reading a row. */
export function describeStatement(segment: SegmentRequest['segment']): Asked {
  return { ...around(CLICKHOUSE, 'select * from ', segment, ' limit 0'), format: DESCRIBED };
}

/** The first row of any query. */
export function lookStatement(query: string, setting: string): Asked {
  return { ...around(CLICKHOUSE, 'select * from ', { query, setting }, ' limit 1'), format: DESCRIBED };
}

/** The server's clock, in milliseconds since 1970. */
export const CLOCK: Asked = {
  text: 'select toUnixTimestamp64Milli(now64(3)) as now',
  offset: 0,
  format: DESCRIBED,
};

/** What begins the last line of an answer, before the number of rows. No row can: its backslashes are escaped. */
export const END = String.raw`\.`;

/**
 * Reads the segment, one line per row, and ends with {@link END} and the number of rows. The format TabSeparated alone
 * has no end that differs from a cut, so its escaping is used in a Template.
 */
export function readStatement(segment: SegmentRequest['segment'], columns: ClickHouseColumn[]): Asked {
  const distinct = [...new Map(columns.map((column) => [column.name, column])).values()];
  const list = distinct.map(({ name }) => quote(name)).join(', ');
  const fields = columns.map(({ name }) => distinct.findIndex((column) => column.name === name));
  return {
    ...around(CLICKHOUSE, `select ${list} from `, segment, ''),
    format: {
      default_format: 'Template',
      format_template_row_format: `${fields.map((field) => `\${${field}:Escaped}`).join('\t')}\n`,
      format_template_rows_between_delimiter: '',
      format_template_resultset_format: `\${data}${END}\${rows:Raw}\n`,
    },
  };
}

/** Ends a query of the same user; does not wait until it has ended. */
export function killStatement(queryId: string): string {
  return `kill query where query_id = '${queryId}' async`;
}
