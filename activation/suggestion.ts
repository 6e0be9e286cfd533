import { closest, distance } from 'fastest-levenshtein';

/** `, did you mean "name"?` when one of the known words is near, otherwise the known words. */
export function suggestion(word: string, known: readonly string[]): string {
  return known.length === 0 ? '' : didYouMean(word, known) || ` (known: ${known.join(', ')})`;
}

/** `, did you mean "name"?` when one of the known words is near, otherwise nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const lower = (text: string) => text.toLowerCase(); // a wrong capital is the commonest slip of all
  const near = closest(lower(word), known.map(lower));
  if (distance(lower(word), near) > Math.ceil(word.length * 0.4)) return '';
  return `, did you mean "${known.find((name) => lower(name) === near)}"?`;
}
