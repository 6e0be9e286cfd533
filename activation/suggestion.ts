import { closest, distance } from 'fastest-levenshtein';
import type { Choice } from '../contract/messages/choice.ts';

/** Returns the known word that was probably meant, if there is a similar one. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = (text: string) => text.toLowerCase(); // wrong capitals are the most frequent mistake
  const near = closest(lower(word), known.map(lower));
  if (distance(lower(word), near) > Math.ceil(word.length * 0.4)) return undefined;
  return known.find((name) => lower(name) === near);
}

/** Returns suggestions for an unknown word, as the facts of a message. */
export function choiceFor(word: string, known: readonly string[]): Choice {
  const meant = nearest(word, known);
  return { known: [...known], ...(meant === undefined ? {} : { meant }) };
}
