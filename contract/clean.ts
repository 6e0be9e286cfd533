/*
 * The one place that makes a text fit to be read: on a terminal, in Temporal's web UI, in a log, in a spreadsheet. Names and
 * reasons come from people and peers; none may move a cursor, turn the direction of a line, or become a formula.
 */

/** Controls (escapes among them) and separators of lines and paragraphs; line breaks and tabs only move on. */
const CONTROL = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}]/gu;
/** Characters that are not seen: marks of direction, blanks without width, halves of a character. Joiners stay, as scripts need them. */
const UNSEEN = /(?![\u200c\u200d])[\p{Cf}\p{Cs}]/gu;
const NOT_IN_JSON = /(?![\u200c\u200d\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Longest line of a text that comes from elsewhere. */
const LONGEST_LINE = 500;
/** Longest message. Temporal takes 20,000 bytes of details. */
export const LONGEST_TEXT = 8_000;

/** A text of whole lines: what is no line break and cannot be seen is gone, a control became a blank. */
export function clean(text: string): string {
  return text.replace(CONTROL, ' ').replace(UNSEEN, '');
}

/** The same on one line, cut to a length. */
export function oneLine(text: string, longest = LONGEST_LINE): string {
  return cut(clean(text).replace(/[\n\t]/g, ' '), longest);
}

/** Not more than so many characters. */
export function cut(text: string, longest = LONGEST_TEXT): string {
  if (text.length <= longest) return text;
  const kept = [...text.slice(0, longest)];
  if (/\p{Cs}/u.test(kept.at(-1)!)) kept.pop(); // half of a character
  return `${kept.join('').trimEnd()} …`;
}

/** A name in a Markdown text: on one line, and none of its characters means anything there. */
export function markdownName(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>|~]/g, '\\$&');
}

/** JSON as a terminal may show it: the same data, with what cannot be seen written as escapes. */
export function cleanJson(json: string): string {
  return json.replace(NOT_IN_JSON, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** What a spreadsheet would take for a formula; a number with its sign, as phone numbers are, is none. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;

/** A line of CSV (RFC 4180, separated by commas) for people and their spreadsheets: cleaned, and no cell is a formula. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map((cell) => (cell === null ? '' : csvCell(String(cell)))).join(',')}\n`;
}

function csvCell(text: string): string {
  const cleaned = oneLine(text, LONGEST_TEXT);
  const harmless = FORMULA.test(cleaned) && !NUMBER.test(cleaned) ? `'${cleaned}` : cleaned;
  return /[",]|^\s|\s$/.test(harmless) || harmless === '' ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
