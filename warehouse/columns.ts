import { closest, distance } from 'fastest-levenshtein';
import { Failure } from '../contract/failure.ts';

/**
 * Finds each requested column among those that the segment offers, in the order of the request.
 * @throws Failure MappingInvalid: one is missing (with what may have been meant), or is there more than once
 */
export function pickColumns<Offered extends { name: string }>(
  requested: string[],
  offered: Offered[],
): Offered[] {
  const names = offered.map((column) => column.name);
  const missing = [...new Set(requested)].filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new Failure(
      'MappingInvalid',
      `${missing.map((name) => `The segment has no column "${name}"${suggestion(name, names)}`).join(' ')} ` +
        `It has: ${names.join(', ')}.`,
    );
  }
  return requested.map((name) => {
    const [column, ...more] = offered.filter((candidate) => candidate.name === name);
    if (more.length > 0) {
      throw new Failure(
        'MappingInvalid',
        `The segment's query has ${more.length + 1} columns named "${name}": give each a name of its own (… as …).`,
      );
    }
    return column!;
  });
}

/** The nearest name, when it is so near that a slip of the fingers explains the difference. */
function suggestion(name: string, names: string[]): string {
  const lower = names.map((candidate) => candidate.toLowerCase());
  const nearest = closest(name.toLowerCase(), lower);
  if (names.length === 0 || distance(name.toLowerCase(), nearest) > Math.max(2, name.length / 3)) return '.';
  return `; did you mean "${names[lower.indexOf(nearest)]}"?`;
}
