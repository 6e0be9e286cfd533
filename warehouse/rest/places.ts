import type { QueryPlace } from '../../contract/messages/warehouse.ts';
import { placeIn, unitsAt, type Statement } from '../sql/statements.ts';

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
