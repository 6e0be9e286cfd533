import { nearest } from '../activation/suggestion.ts';
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

/**
 * Like {@link pickColumns}, for databases that change the case of names without quotes: a name that does not occur as it
 * is written is one that differs in case alone, if there is only one. The columns have the requested names.
 * @throws Failure MappingInvalid
 */
export function pickFolded<Offered extends { name: string }>(
  requested: string[],
  offered: Offered[],
): Offered[] {
  const names = new Set(offered.map(({ name }) => name));
  const folded = requested.map((name) => {
    if (names.has(name)) return name;
    const [other, ...more] = [...names].filter((each) => each.toLowerCase() === name.toLowerCase());
    return other !== undefined && more.length === 0 ? other : name;
  });
  return pickColumns(folded, offered).map((column, at) => ({ ...column, name: requested[at]! }));
}
