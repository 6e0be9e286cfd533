import type { QueryPlace } from '../../contract/messages/warehouse.ts';
import type { Statement } from './statements.ts';

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

/**
 * Returns the place in the user's own query for a line and a column of the whole statement.
 * @param line from 1
 * @param column in characters, from 0
 */
export function placeOfLine(statement: Statement, line: number, column: number): QueryPlace | undefined {
  const lines = statement.text.split('\n');
  const own = lines[line - 1];
  if (own === undefined) return undefined;
  const before = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0);
  return placeIn(statement, before + unitsAt(own, column));
}

/**
 * Returns the line in the user's own query for a line of the whole statement.
 * @param line from 1
 */
export function lineIn({ text, query, offset }: Statement, line: number): QueryPlace | undefined {
  if (query === undefined) return undefined;
  const own = line - text.slice(0, offset).split('\n').length + 1;
  if (own < 1) return undefined;
  return own > query.split('\n').length ? 'end' : { line: own };
}
