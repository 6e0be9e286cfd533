import { POSTGRES } from '../postgres/statements.ts';
import type { SegmentRequest } from '../source.ts';
import { around, type Dialect, type Statement } from '../sql/statements.ts';

/** The lexer of PostgreSQL 8.0, which Redshift descends from: in every text, a backslash escapes. */
const REDSHIFT: Dialect = {
  ...POSTGRES,
  tokens: {
    ...POSTGRES.tokens,
    pieces: [
      /\s+/y,
      /'(?:[^'\\]|\\[^]|'')*'/y,
      /"[^"]*"/y,
      /\$((?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?)\$[^]*?\$\1\$/y,
      /[\w$\u0080-\uffff]+/y,
    ],
  },
};

/** Describes the segment without reading a row; sent with the extended protocol, which accepts only one statement. */
export function describeStatement(segment: SegmentRequest['segment']): Statement {
  return around(REDSHIFT, 'select * from ', segment, ' limit 0');
}

/** The first row of any query, also with the extended protocol. */
export function lookStatement(query: string, setting: string): Statement {
  return around(REDSHIFT, 'select * from ', { query, setting }, ' limit 1');
}

/**
 * Reads the segment. Redshift's protocol does not tell how many rows a query has, so the query itself tells it, in a last
 * column. A UNION with a row at the end would not do: its order is not defined, and it cannot convert a literal without
 * a type.
 */
export function readStatement(segment: SegmentRequest['segment'], columns: { name: string }[]): Statement {
  const list = columns.map(({ name }) => `${REDSHIFT.quote(name)}, `);
  return around(REDSHIFT, `select ${list.join('')}count(*) over () from `, segment, '');
}
