import { closest, distance } from 'fastest-levenshtein';
import type { Choice } from './messages/choice.ts';

/** What there is instead of a word that is not known, and which of it was probably meant. */
export function choiceFor(word: string, known: readonly string[]): Choice {
  if (known.length === 0) return { known: [] };
  const lower = (text: string) => text.toLowerCase(); // a wrong capital is the commonest slip of all
  const near = closest(lower(word), known.map(lower));
  if (distance(lower(word), near) > Math.ceil(word.length * 0.4)) return { known: [...known] };
  return { known: [...known], meant: known.find((name) => lower(name) === near) };
}
