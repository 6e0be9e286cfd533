import pg from 'pg';
import type { SegmentRequest } from '../source.ts';
import { withoutFinalSemicolon } from './semicolon.ts';

/** A statement that contains the user's query, and the position of that query in it (in characters). */
export interface Statement {
  text: string;
  /** The user's query; undefined when the segment is a table. */
  query?: string;
  /** The name of the table, if the segment is one. */
  table?: string;
  offset: number;
  /** The setting with the query; undefined for the segment's. */
  setting?: string;
}

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
  return around('select * from ', segment, ' limit 0');
}

/** The first row of any query, also with the extended protocol. */
export function lookStatement(query: string, setting: string): Statement {
  return { ...around('select * from ', { query }, ' limit 1'), setting };
}

/** Reads the segment in the COPY text format, one line per row. */
export function copyStatement(segment: SegmentRequest['segment'], columns: Expression[]): Statement {
  const list = columns.map(({ name, cast }) => pg.escapeIdentifier(name) + (cast ? `::${cast}` : ''));
  return around(`copy (select ${list.join(', ')} from `, segment, ') to stdout');
}

/** Reads the segment, and makes the server evaluate an expression for each of its rows. */
export function countStatement(segment: SegmentRequest['segment'], expression: string): Statement {
  return around(`select count(${expression}) from `, segment, '');
}

function around(before: string, segment: SegmentRequest['segment'], after: string): Statement {
  if (segment.query !== undefined) {
    const query = withoutFinalSemicolon(segment.query);
    // the line break ends a comment on the query's last line
    return { text: `${before}(${query}\n) segment${after}`, query, offset: lengthOf(before) + 1 };
  }
  const table = (segment.table ?? '').split('.').map((part) => pg.escapeIdentifier(part));
  return { text: `${before}${table.join('.')} segment${after}`, table: segment.table, offset: 0 };
}

/** PostgreSQL counts code points, not UTF-16 units. */
function lengthOf(text: string): number {
  return [...text].length;
}
