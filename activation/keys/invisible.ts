/*
 * Characters that nobody sees: zero-width ones, marks of writing direction, fillers. A key that has them is another key than
 * the one that people see. Not the variation selectors, which belong to the emoji before them.
 */
const INVISIBLE = String.raw`(?![\ufe00-\ufe0f])[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]`;

const ANY = new RegExp(INVISIBLE, 'u');
const NOT_SEEN = new RegExp(String.raw`^(?:\s|${INVISIBLE})$`, 'u');
const JOINERS = /[\u200c\u200d]/g;

/** A text without blanks and invisible characters around it: they come with what is copied, and are never meant. */
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

/** The same, but for the two that change how letters of some scripts join: in a domain, UTS 46 says where they may stand. */
export function hasInvisibleButJoiners(text: string): boolean {
  return ANY.test(text.replace(JOINERS, ''));
}
