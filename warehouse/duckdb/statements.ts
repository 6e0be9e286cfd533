import { POSTGRES } from '../postgres/statements.ts';
import type { SegmentRequest } from '../source.ts';
import { aliases, around, quoted, type Selection, type Statement } from '../sql/statements.ts';
import { piecesOf, singleStatement } from '../sql/semicolon.ts';
import type { DuckdbColumn } from './kinds.ts';
import { escapeExpression, needsEscapes, textExpression } from './texts.ts';

/**
 * The user's query alone, or the whole table. DuckDB must prepare it as a single SELECT. So an accepted text closes
 * everything that it opens, and cannot end the statements that contain it.
 */
export function plainStatement(segment: Selection): Statement {
  const { query, setting } = segment;
  if (query === undefined) return around(POSTGRES, 'select * from ', segment, '');
  return { text: singleStatement(query, POSTGRES.tokens, setting), query, offset: 0, setting };
}

/** Whether a query has only comments, blanks and semicolons, for which DuckDB has no error. */
export function isNothing(query: string): boolean {
  return [...piecesOf(query, POSTGRES.tokens)].every(({ isBlank, text }) => isBlank || text === ';');
}

/** The text of the first value of a query. */
export function lookStatement(query: string, columns: DuckdbColumn[], setting: string): Statement {
  const [first] = columns;
  const before = `select ${textOf(first!)} from `;
  return around(POSTGRES, before, { query, setting }, `${aliases(columns.length)} limit 1`);
}

/**
 * Writes the columns as lines of PostgreSQL's COPY text format into a file or a pipe. DuckDB's CSV without quotes writes
 * fields as they are, and the fields are already escaped.
 * @param all the columns of the segment
 */
export function copyStatement(
  segment: SegmentRequest['segment'],
  all: DuckdbColumn[],
  columns: DuckdbColumn[],
  path: string,
): Statement {
  const list = columns.map((column) => {
    const text = textOf(column);
    return needsEscapes(column.kind) ? escapeExpression(text) : text;
  });
  const options = String.raw`format csv, header false, delimiter e'\t', quote '', escape '', nullstr '\N'`;
  const after = `${aliases(all.length)}) to ${quoted(path, "'")} (${options})`;
  return around(POSTGRES, `copy (select ${list.join(', ')} from `, segment, after);
}

function textOf(column: DuckdbColumn): string {
  return textExpression(`c${column.position}`, column.kind, column.databaseType);
}
