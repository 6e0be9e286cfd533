import type { World } from '../world.ts';

/** Where people look for a telephone number, whether or not it is unique. */
const PHONE = 'gsmNumber';

/** How many profiles a search returns at most. */
export const MOST_FOUND = 20;

/**
 * The ids of the profiles that have this value in a unique attribute (e-mail address, external id, profile id …) or as their
 * phone number, which may be written with blanks and other separators.
 */
export function findProfiles({ profiles }: World, query: string): number[] {
  const found = new Set<number>();
  const digits = query.replaceAll(/[\s./()-]/g, '').replace(/^00/, '+');
  for (const { name, unique } of profiles.attributes) {
    const column = profiles.column(name)!;
    const wanted = name === PHONE ? digits : query;
    if (unique) {
      const id = column.find(wanted);
      if (id !== undefined) found.add(id);
    } else if (name === PHONE) {
      for (const id of profiles.ids()) {
        if (found.size < MOST_FOUND && column.get(id) === wanted) found.add(id);
      }
    }
  }
  return [...found];
}
