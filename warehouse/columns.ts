import { closest, distance } from 'fastest-levenshtein';
import { Failure } from '../contract/failure.ts';

/**
 * Finds each requested column in the segment, in the order of the request.
 * @throws Failure MappingInvalid if one is missing (with a suggestion), or occurs more than once
 */
export function pickColumns<Offered extends { name: string }>(
  requested: string[],
  offered: Offered[],
): Offered[] {
  const names = offered.map((column) => column.name);
  const missing = [...new Set(requested)].filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new Failure('columnsMissing', {
      missing: missing.map((column) => ({ column, near: nearest(column, names) })),
      columns: names,
    });
  }
  return requested.map((name) => {
    const [column, ...more] = offered.filter((candidate) => candidate.name === name);
    if (more.length > 0) throw new Failure('columnAmbiguous', { column: name, count: more.length + 1 });
    return column!;
  });
}

/** Returns the nearest name, if it is similar enough to be a typing error. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const lower = names.map((candidate) => candidate.toLowerCase());
  const near = closest(name.toLowerCase(), lower);
  if (names.length === 0 || distance(name.toLowerCase(), near) > Math.max(2, name.length / 3))
    return undefined;
  return names[lower.indexOf(near)];
}
