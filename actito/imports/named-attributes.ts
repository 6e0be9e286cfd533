import { RESULT_FILE } from '../contract.ts';

/**
 * Returns the attributes for which Actito rejected a row, from a column of the result if there is one, or else from the
 * message. Nothing else of the message is kept, because it may quote a value. A value may also equal an attribute's
 * name, so a name after the word "attribute", or at the start, takes precedence over others.
 */
export function namedAttributes(row: Record<string, string>, attributes: readonly string[]): string[] {
  const column = row[RESULT_FILE.attributeColumn];
  if (column) return attributes.filter((name) => name === column);
  const message = row[RESULT_FILE.messageColumn] ?? '';
  const isName = (word: string | undefined): word is string =>
    word !== undefined && attributes.includes(word);
  const introduced = [...message.matchAll(/\b(?:attributes?|columns?|fields?)\b[\s:="'`«“([]*(\w+)/gi)]
    .map(([, word]) => word)
    .filter(isName);
  if (introduced.length > 0) return [...new Set(introduced)];
  const first = /^\W*(\w+)/.exec(message)?.[1];
  if (isName(first)) return [first];
  const mentioned = new Set(message.match(/\w+/g));
  return attributes.filter((name) => mentioned.has(name));
}
