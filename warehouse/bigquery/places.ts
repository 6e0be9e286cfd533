import type { QueryPlace } from '../../contract/messages/warehouse.ts';
import { placeIn } from '../sql/places.ts';
import type { Statement } from '../sql/statements.ts';

/** Line and column, each from 1, at the end of a text: `Unrecognized name: emial at [2:3]`. */
const PLACE = / at \[(\d+):(\d+)\]$/;
/** https://github.com/google/zetasql/blob/master/zetasql/public/parse_location.cc: a tab is as wide as on paper. */
const TAB = 8;

/**
 * Returns the place that an error of GoogleSQL tells.
 * @param words the server's text about a query that did not run, so it contains no value of a row
 */
export function placeOf(words: string, statement: Statement): QueryPlace | undefined {
  const [, line, column] = PLACE.exec(words)?.map(Number) ?? [];
  if (line === undefined || column === undefined) return undefined;
  const lines = statement.text.match(/[^\r\n]*(?:\r\n|\r|\n|$)/g)!;
  const own = lines[line - 1];
  if (own === undefined) return undefined;
  return placeIn(statement, lines.slice(0, line - 1).join('').length + unitsBefore(own, column));
}

/** The UTF-16 units of a line before a column. */
function unitsBefore(line: string, column: number): number {
  let units = 0;
  let at = 1;
  for (const character of line) {
    if (at >= column) break;
    at = character === '\t' ? Math.ceil(at / TAB) * TAB + 1 : at + 1;
    units += character.length;
  }
  return units;
}
