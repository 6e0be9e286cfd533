import type { SegmentRequest } from '../source.ts';
import { singleStatement, type Tokens } from './semicolon.ts';

/** How a database writes SQL, as far as a segment is put into a statement. */
export interface Dialect {
  /** Quotes a name, so that it is taken as it is. */
  quote: (name: string) => string;
  tokens: Tokens;
}

/** Puts a name or a text in quotes, which are doubled inside. */
export function quoted(text: string, quote: '"' | "'" | '`'): string {
  return quote + text.replaceAll(quote, quote + quote) + quote;
}

/** Our own names for all columns of a segment, `(c0, c1)`, because a query's own can be missing, or occur twice. */
export function aliases(count: number): string {
  return `(${Array.from({ length: count }, (_, i) => `c${i}`).join(', ')})`;
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

/** What a statement selects from: a segment, or a query of another setting, such as `guards.freshness`. */
export type Selection = SegmentRequest['segment'] & { setting?: string };

/**
 * Puts a segment between two texts, such as `select * from ` and ` limit 0`. Its query becomes a derived table, which
 * no query can leave that has one statement only and closes what it opens.
 * @throws Failure SegmentQueryFailed (it has several statements)
 */
export function around(
  { quote, tokens }: Dialect,
  before: string,
  { query: written, table = '', setting }: Selection,
  after: string,
): Statement {
  if (written !== undefined) {
    const query = singleStatement(written, tokens, setting);
    // the line break ends a comment on the query's last line
    return { text: `${before}(${query}\n) segment${after}`, query, offset: before.length + 1, setting };
  }
  const name = table.split('.').map(quote).join('.');
  return { text: `${before}${name} segment${after}`, table, offset: 0 };
}
