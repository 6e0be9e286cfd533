import type { QueryPlace } from '../../contract/messages/warehouse.ts';
import type { SegmentRequest } from '../source.ts';
import { withoutFinalSemicolon, type Tokens } from './semicolon.ts';

/** How a database writes SQL, as far as a segment is put into a statement. */
export interface Dialect {
  /** Quotes a name, so that it is taken as it is. */
  quote: (name: string) => string;
  tokens: Tokens;
}

/** A statement that contains the user's query, and the position of that query in it. */
export interface Statement {
  text: string;
  /** The user's query; undefined when the segment is a table. */
  query?: string;
  /** The name of the table, if the segment is one. */
  table?: string;
  /** The UTF-16 units before the query. */
  offset: number;
  /** The setting with the query; undefined for the segment's. */
  setting?: string;
}

/**
 * Puts a segment between two texts, such as `select * from ` and ` limit 0`. Its query becomes a derived table, which
 * no query can leave that has one statement only and closes what it opens.
 */
export function around(
  { quote, tokens }: Dialect,
  before: string,
  segment: SegmentRequest['segment'],
  after: string,
): Statement {
  if (segment.query !== undefined) {
    const query = withoutFinalSemicolon(segment.query, tokens);
    // the line break ends a comment on the query's last line
    return { text: `${before}(${query}\n) segment${after}`, query, offset: before.length + 1 };
  }
  const table = (segment.table ?? '').split('.').map(quote);
  return { text: `${before}${table.join('.')} segment${after}`, table: segment.table, offset: 0 };
}

/**
 * Returns the place in the user's own query for a position in the whole statement.
 * @param position in UTF-16 units, from 0
 */
export function placeIn({ query, offset }: Statement, position: number): QueryPlace | undefined {
  if (query === undefined) return undefined;
  const at = position - offset;
  if (at < 0) return undefined;
  if (at >= query.length) return 'end';
  const lines = query.slice(0, at).split('\n');
  return { line: lines.length, column: [...lines.at(-1)!].length + 1 };
}

/** Converts a position in characters of Unicode into one in UTF-16 units; both from 0. */
export function unitsAt(text: string, characters: number): number {
  return [...text].slice(0, characters).join('').length;
}
