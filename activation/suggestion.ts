import { closest, distance } from 'fastest-levenshtein';
import { orKnown } from '../contract/messages/words.ts';

/** `, did you mean "name"?` when one of the known words is near, otherwise the known words. */
export function suggestion(word: string, known: readonly string[]): string {
  return orKnown(nearest(word, known), known);
}

/** The known word that was probably meant, if one is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = (text: string) => text.toLowerCase(); // a wrong capital is the commonest slip of all
  const near = closest(lower(word), known.map(lower));
  if (distance(lower(word), near) > Math.ceil(word.length * 0.4)) return undefined;
  return known.find((name) => lower(name) === near);
}
