/** Marks a text whose bytes are invalid. This code point never represents a character, so no real text contains it. */
export const NOT_TEXT = '\uffff';

/** The unit of a text's length: UTF-16 units, as in Java and JavaScript; characters of Unicode; or bytes. */
export const LENGTH_UNITS = ['utf16Units', 'codePoints', 'utf8Bytes'] as const;
export type LengthUnit = (typeof LENGTH_UNITS)[number];

/** The maximum number of UTF-8 bytes per unit. */
export const BYTES_PER_UNIT: Record<LengthUnit, number> = { utf16Units: 3, codePoints: 4, utf8Bytes: 1 };

/** The length of a text. A smiley has 2 UTF-16 units, 1 code point and 4 bytes. */
export function lengthIn(unit: LengthUnit, text: string): number {
  if (unit === 'utf16Units') return text.length;
  return unit === 'codePoints' ? [...text].length : Buffer.byteLength(text);
}

/** True when `text` has more than `max` characters (code points: an emoji is one character, not two). */
export function isLongerThan(text: string, max: number): boolean {
  // The length in UTF-16 units is never smaller than the number of characters, so most texts need no counting.
  if (text.length <= max) return false;
  if (text.length > 2 * max) return true;
  return [...text].length > max;
}
