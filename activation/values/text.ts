/** True when `text` has more than `max` characters (code points: an emoji is one character, not two). */
export function isLongerThan(text: string, max: number): boolean {
  // The length in UTF-16 units is never smaller than the number of characters: most texts need no counting.
  if (text.length <= max) return false;
  if (text.length > 2 * max) return true;
  return [...text].length > max;
}
