import { RESULT_FILE } from '../contract.ts';

/**
 * The attributes of a file for which Actito refused a row, by their column if the result has one, or else by its message. Of
 * the message nothing else is kept: it may quote a value. A value may also be a word that is an attribute's name, so what
 * follows the word "attribute", or stands first, counts before other mentions.
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
