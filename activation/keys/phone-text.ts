/*
 * Removes what people and programs write around a phone number, if that cannot change the number. The result is a
 * number as it is dialed, or nothing.
 */

/** Zero-width and bidi characters, which contacts and browsers put around numbers: never part of one. */
const INVISIBLE = /\p{Cf}/gu;
/** Superscripts, fractions and circled digits are footnotes. NFKC would turn them into digits of the number. */
const NO_DIGIT = /\p{No}/u;
/** How a spreadsheet prevents a text from becoming a number: `'0475…` and `="0475…"`; a URI; quotes. */
const WRAPPED = /^(?:'|="?|tel:|"|'")?(.*?)["']?$/is;
/** The end of a line or a column, after which another number may begin. */
const BREAK = /[\t\n\v\f\r\u0085\u2028\u2029]/;
/** A decimal number: one separator, and one or two digits after it. No phone number is grouped like that. */
const DECIMAL = /^(\+?\d+)[.,](\d{1,2})$/;
/** A decimal number with fewer digits may also be an amount. */
const LEAST_DIGITS = /\d{7}/;
/** `(+32) 475…`: the code in parentheses. */
const CODE_IN_PARENTHESES = /^\(\s*((?:\+|00)\s*\d[\d\s]*)\)/;
/**
 * The characters of a written number. No letters (extensions, vanity numbers, notes), no `#`, `*`, `,` or `;` (what is
 * dialed after the call is answered), nothing in parentheses at the end (a note), and one plus sign at the start.
 */
const DIALLED = /^\+?\s*(?=[\d(])(?:\d|[\s.\-/]|\(\s*\d[\d\s-]*\)(?=.))*\d$/;
/** A slash ends an area code. In other places it begins another number (`030 123456/57`). */
const SLASH =
  /^[^/]*$|^(?:(?:\+|00)\s*\d{1,3}[\s.-]*)?(?:\(\s*0\s*\)\s*)?\(?\d{1,6}\)?\s*\/(?:[^\d/]*\d){5,}$/;
const LONGEST = 60;
const TRUNK_IN_PARENTHESES = /\(\s*0\s*\)/;

/** Digits of other scripts that phones write; NFKC converts the full-width ones. */
const ARABIC = /[\u0660-\u0669\u06f0-\u06f9]/g;
const DASHES = /[\u2010-\u2015\u2212\u30fc]/g;

/**
 * Returns the number in a text, in plain digits with separators; `null` if the text certainly contains something else.
 * Empty for a text without content.
 */
export function dialled(text: string): string | null {
  if (NO_DIGIT.test(text)) return null;
  const plain = text
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(ARABIC, (digit) => String(digit.charCodeAt(0) & 0xf))
    .replace(DASHES, '-')
    .trim();
  const bare = WRAPPED.exec(plain)![1]!.trim().replace(CODE_IN_PARENTHESES, '$1');
  if (bare === '') return plain === '' ? '' : null;
  if (BREAK.test(bare)) return null;
  const [, whole, fraction] = DECIMAL.exec(bare) ?? [];
  if (whole !== undefined) return LEAST_DIGITS.test(whole) && /^0+$/.test(fraction!) ? whole : null;
  return bare.length <= LONGEST && DIALLED.test(bare) && SLASH.test(bare) ? bare : null;
}

/**
 * Returns the number with and without the trunk zero in parentheses: in `+44 (0)20…` it is left out, and in `+39 (0)6…`
 * it belongs to the number. A number without one is returned unchanged.
 */
export function withAndWithoutTrunk(number: string): string[] {
  if (!TRUNK_IN_PARENTHESES.test(number)) return [number];
  return [number.replace(TRUNK_IN_PARENTHESES, ''), number.replace(TRUNK_IN_PARENTHESES, '0')];
}
