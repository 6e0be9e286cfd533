/*
 * What people and programs put around a phone number, taken off where that cannot change whose number it is. What is
 * left is a number as it is dialled, or nothing.
 */

/** Zero-width and bidi characters, as contacts and browsers put them around numbers: never part of one. */
const INVISIBLE = /\p{Cf}/gu;
/** Superscripts, fractions and circled digits: footnotes, which NFKC would turn into digits of the number. */
const NO_DIGIT = /\p{No}/u;
/** How a spreadsheet keeps a text from becoming a number: `'0475…` and `="0475…"`; a URI; quotes. */
const WRAPPED = /^(?:'|="?|tel:|"|'")?(.*?)["']?$/is;
/** What ends a line or a column: behind it another number may begin. */
const BREAK = /[\t\n\v\f\r\u0085\u2028\u2029]/;
/** A decimal number: one separator, and one or two digits behind it. No phone number is grouped like that. */
const DECIMAL = /^(\+?\d+)[.,](\d{1,2})$/;
/** A decimal number with fewer digits may as well be an amount. */
const LEAST_DIGITS = /\d{7}/;
/** `(+32) 475…`: the code in parentheses. */
const CODE_IN_PARENTHESES = /^\(\s*((?:\+|00)\s*\d[\d\s]*)\)/;
/**
 * What numbers are written with. No letters (extensions, vanity numbers, notes), no `#`, `*`, `,` or `;` (what is dialled
 * after the call is answered), nothing in parentheses at the end (a note), and one plus sign in front.
 */
const DIALLED = /^\+?\s*(?=[\d(])(?:\d|[\s.\-/]|\(\s*\d[\d\s-]*\)(?=.))*\d$/;
/** A slash ends an area code. Elsewhere it begins another number (`030 123456/57`). */
const SLASH =
  /^[^/]*$|^(?:(?:\+|00)\s*\d{1,3}[\s.-]*)?(?:\(\s*0\s*\)\s*)?\(?\d{1,6}\)?\s*\/(?:[^\d/]*\d){5,}$/;
const LONGEST = 60;
const TRUNK_IN_PARENTHESES = /\(\s*0\s*\)/;

/** Digits of other scripts that phones write; NFKC knows the full-width ones. */
const ARABIC = /[\u0660-\u0669\u06f0-\u06f9]/g;
const DASHES = /[\u2010-\u2015\u2212\u30fc]/g;

/**
 * The number that a text holds, in plain digits with what separates them; `null` when it holds nothing else for certain.
 * Empty for a text without anything to read.
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
 * The same number with the trunk zero in parentheses dialled and not dialled: `+44 (0)20…` means to leave it out, and in
 * `+39 (0)6…` it belongs to the number. A text without one is itself.
 */
export function withAndWithoutTrunk(number: string): string[] {
  if (!TRUNK_IN_PARENTHESES.test(number)) return [number];
  return [number.replace(TRUNK_IN_PARENTHESES, ''), number.replace(TRUNK_IN_PARENTHESES, '0')];
}
