import type { SegmentRequest } from '../source.ts';
import { around, quoted, type Dialect, type Selection, type Statement } from '../sql/statements.ts';

/** MySQL's lexer with the SQL mode of our sessions: texts in single or double quotes, with backslashes. */
const MYSQL: Dialect = {
  quote: (name) => quoted(name, '`'),
  tokens: {
    lineComments: ['#', '-- ', '--\t', '--\n', '--\r'], // `1--1` is a subtraction
    nestsComments: false,
    pieces: [
      /\s+/y,
      /'(?:[^'\\]|\\[^]|'')*'/y,
      /"(?:[^"\\]|\\[^]|"")*"/y,
      /`[^`]*`/y,
      /[\w$\u0080-\uffff]+/y, // a word
    ],
  },
};

/**
 * Selects all columns of a segment. It is only prepared: MariaDB would evaluate some queries even with `limit 0`. The
 * server accepts one statement only, so an accepted query is one, and closes everything that it opens.
 */
export function describeStatement(segment: Selection): Statement {
  return around(MYSQL, 'select * from ', segment, '');
}

/**
 * Selects the first row of a query.
 * @param reader who reads, for the server's list of processes, which shows the statement
 */
export function lookStatement(
  query: string,
  expression: string,
  { setting, reader }: { setting: string; reader: string },
): Statement {
  return around(MYSQL, `select ${comment(reader)} ${expression} from `, { query, setting }, ' limit 1');
}

/** Selects the segment's columns. @param reader as for {@link lookStatement} */
export function readStatement(
  segment: SegmentRequest['segment'],
  expressions: string[],
  reader: string,
): Statement {
  return around(MYSQL, `select ${comment(reader)} ${expressions.join(', ')} from `, segment, '');
}

function comment(reader: string): string {
  return `/* ${reader.replaceAll('*/', '')} */`;
}
