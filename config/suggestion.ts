import { closest, distance } from 'fastest-levenshtein';

/** `, did you mean "name"?` when one of the known words is near, otherwise the known words. */
export function suggestion(word: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  // Compared in lower case: a wrong capital is the commonest slip of all.
  const near = closest(
    word.toLowerCase(),
    known.map((name) => name.toLowerCase()),
  );
  const name = known.find((candidate) => candidate.toLowerCase() === near)!;
  const isNear = distance(word.toLowerCase(), near) <= Math.ceil(word.length * 0.4);
  return isNear ? `, did you mean "${name}"?` : ` (known: ${known.join(', ')})`;
}
