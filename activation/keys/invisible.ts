/*
 * Invisible characters: zero-width ones, marks of writing direction, fillers. A key with them differs from the key that
 * people see. Variation selectors are not included, because they belong to the emoji before them.
 */
const INVISIBLE = String.raw`(?![\ufe00-\ufe0f])[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]`;

const ANY = new RegExp(INVISIBLE, 'u');
const NOT_SEEN = new RegExp(String.raw`^(?:\s|${INVISIBLE})$`, 'u');
const JOINERS = /[\u200c\u200d]/g;

/** Removes blanks and invisible characters at both ends of a text: they come from copying, and are not intended. */
export function trimmed(text: string): string {
  const short = text.trim();
  if (!ANY.test(short)) return short;
  const characters = [...short];
  let [start, end] = [0, characters.length];
  while (start < end && NOT_SEEN.test(characters[start]!)) start++;
  while (start < end && NOT_SEEN.test(characters[end - 1]!)) end--;
  return characters.slice(start, end).join('');
}

export function hasInvisible(text: string): boolean {
  return ANY.test(text);
}

/**
 * The same, except for the two that change how letters of some scripts join: UTS 46 defines where they are allowed in a
 * domain.
 */
export function hasInvisibleButJoiners(text: string): boolean {
  return ANY.test(text.replace(JOINERS, ''));
}
