import type { QueryPlace } from '../../contract/messages/warehouse.ts';
import { lineIn, placeIn, unitsAt } from '../sql/places.ts';
import type { Statement } from '../sql/statements.ts';

/** `… near 'from from' at line 2`, in the language of the server: what follows the place, and the number of the line. */
const NEAR = /'(.*)'\D+(\d+)\D*$/s;

/**
 * Returns the place of a syntax error. The server tells no column, but what it read next: the rest of the statement, or
 * about 80 characters of it. Where that occurs once, it is the place; otherwise the line is.
 * @param words the server's text
 */
export function placeOfSyntax(words: string, statement: Statement): QueryPlace | undefined {
  const [, told, line] = NEAR.exec(words) ?? [];
  if (told === undefined) return undefined;
  const near = told.replace(/\.\.\.$/, '');
  const text = inUtf8mb3(statement.text);
  const at = text.indexOf(near);
  const isOnce = at >= 0 && text.indexOf(near, at + 1) < 0;
  return isOnce ? placeIn(statement, unitsAt(statement.text, at)) : lineIn(statement, Number(line));
}

/** The encoding of the server's texts, which has a `?` for each character beyond the Basic Multilingual Plane. */
function inUtf8mb3(text: string): string {
  return text.replace(/[\u{10000}-\u{10ffff}]/gu, '?');
}
