import type { SegmentRequest } from '../source.ts';
import { around, quoted, type Dialect, type Statement } from '../sql/statements.ts';

/** The lexer of PostgreSQL and of DuckDB. A doubled quote ends one text and begins the next, which makes no difference here. */
export const POSTGRES: Dialect = {
  quote: (name) => quoted(name, '"'),
  tokens: {
    lineComments: ['--'],
    nestsComments: true,
    pieces: [
      /\s+/y,
      /[eE]'(?:[^'\\]|\\[^]|'')*'/y,
      /'[^']*'/y,
      /"[^"]*"/y,
      /\$((?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?)\$[^]*?\$\1\$/y,
      /[\w$\u0080-\uffff]+/y, // a word, so that neither its last letter nor a `$` in it begins another token
    ],
  },
};

/** One column of the segment, as a SELECT expression. */
export interface Expression {
  name: string;
  /** The type to convert to, from those of kinds.ts. */
  cast?: 'text';
}

/**
 * Describes the segment without reading a row. Sent with the extended protocol, which accepts only one statement. So an
 * accepted text has no semicolon outside of texts and comments, and closes everything that it opens. Therefore the same
 * text cannot end the COPY of {@link copyStatement}, which uses the simple protocol.
 */
export function describeStatement(segment: SegmentRequest['segment']): Statement {
  return around(POSTGRES, 'select * from ', segment, ' limit 0');
}

/** The first row of any query, also with the extended protocol. */
export function lookStatement(query: string, setting: string): Statement {
  return around(POSTGRES, 'select * from ', { query, setting }, ' limit 1');
}

/** Reads the segment in the COPY text format, one line per row. */
export function copyStatement(segment: SegmentRequest['segment'], columns: Expression[]): Statement {
  const list = columns.map(({ name, cast }) => POSTGRES.quote(name) + (cast ? `::${cast}` : ''));
  return around(POSTGRES, `copy (select ${list.join(', ')} from `, segment, ') to stdout');
}

/** Reads the segment, and makes the server evaluate an expression for each of its rows. */
export function countStatement(segment: SegmentRequest['segment'], expression: string): Statement {
  return around(POSTGRES, `select count(${expression}) from `, segment, '');
}
