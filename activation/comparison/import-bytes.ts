const [QUOTE, HYPHEN, DOT, BACKSLASH, LETTER_E] = [34, 45, 46, 92, 101];

/** The separator, and either two quotes or the plus and calling code of a phone number. */
const AROUND = 1 + '+352'.length;
const LONGEST_BOOLEAN = 'FALSE'.length;
const TIMESTAMP = '2026-01-31 00:00:00'.length;
/** The maximum number of digits of a number with an exponent; see values/numbers.ts. */
const WRITTEN_OUT = 410;

/**
 * Returns the maximum size of a COPY field in an import file, whatever its conversion: quotes double, `1` can become
 * `TRUE`, a date a timestamp, `621123456` a number of Luxembourg, and `1e+300` is written out. A field with two hyphens
 * counts as a date; one whose only letter is an `e` after a digit as a number with an exponent. Only a domain that is
 * longer in ASCII can exceed it.
 */
export function importBytes(bytes: Uint8Array, start: number, end: number): number {
  let [quotes, hyphens, exponents, letters] = [0, 0, 0, 0];
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) quotes++;
    else if (byte === HYPHEN) hyphens++;
    else if (isLetter(byte) && bytes[at - 1] !== BACKSLASH) {
      letters++;
      if ((byte | 32) === LETTER_E && at > start && isDigitOrDot(bytes[at - 1]!)) exponents++;
    }
  }
  const least = hyphens >= 2 ? TIMESTAMP : LONGEST_BOOLEAN;
  const more = letters === 1 && exponents === 1 ? WRITTEN_OUT : 0;
  return Math.max(end - start, least) + quotes + more + AROUND;
}

function isLetter(byte: number): boolean {
  const lower = byte | 32;
  return lower >= 97 && lower <= 122;
}

function isDigitOrDot(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || byte === DOT;
}
