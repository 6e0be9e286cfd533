/*
 * Makes texts safe to display on a terminal, in Temporal's web UI, in a log or in a spreadsheet. Names and reasons come
 * from people and peers. They must not move the cursor, change the direction of a line, or become a formula.
 */

/** Control characters, including escapes, and line and paragraph separators. Line breaks and tabs are harmless. */
const CONTROL = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}]/gu;
/**
 * Invisible characters: direction marks, zero-width spaces, lone surrogates. Joiners stay, because some scripts need
 * them.
 */
const UNSEEN = /(?![\u200c\u200d])[\p{Cf}\p{Cs}]/gu;
const NOT_IN_JSON = /(?![\u200c\u200d\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Maximum length of a line from another system, in characters. */
const LONGEST_LINE = 500;
/** Maximum length of a message, in characters. Temporal accepts 20,000 bytes of details. */
export const LONGEST_TEXT = 8_000;

/** Keeps line breaks, replaces control characters with blanks, and removes invisible characters. */
export function clean(text: string): string {
  return text.replace(CONTROL, ' ').replace(UNSEEN, '');
}

/** Cleans a text, puts it on one line, and cuts it. */
export function oneLine(text: string, longest = LONGEST_LINE): string {
  return cut(clean(text).replace(/[\n\t]/g, ' '), longest);
}

/** Cuts a text to a maximum number of characters. */
export function cut(text: string, longest = LONGEST_TEXT): string {
  if (text.length <= longest) return text;
  const kept = [...text.slice(0, longest)];
  if (/\p{Cs}/u.test(kept.at(-1)!)) kept.pop(); // half of a surrogate pair
  return `${kept.join('').trimEnd()} …`;
}

/** Cleans a name for a Markdown text, and escapes characters with a meaning in Markdown. */
export function markdownName(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>|~]/g, '\\$&');
}

/** Makes JSON safe for a terminal: invisible characters become escapes, so the data stays the same. */
export function cleanJson(json: string): string {
  return json.replace(NOT_IN_JSON, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** The start of a formula in spreadsheets. A signed number, such as a phone number, is not a formula. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;

/** Formats a line of CSV (RFC 4180, comma-separated) for spreadsheets: cleaned, and without formulas. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map((cell) => (cell === null ? '' : csvCell(String(cell)))).join(',')}\n`;
}

function csvCell(text: string): string {
  const cleaned = oneLine(text, LONGEST_TEXT);
  const harmless = FORMULA.test(cleaned) && !NUMBER.test(cleaned) ? `'${cleaned}` : cleaned;
  return /[",]|^\s|\s$/.test(harmless) || harmless === '' ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
