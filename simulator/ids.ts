/**
 * Ids as strings, from one sequence for all kinds of things: an id used for the wrong kind is then unknown
 * instead of working by chance.
 */
export function createIds(): () => string {
  let last = 100;
  return () => String((last += 1));
}
