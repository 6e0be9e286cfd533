import type { World } from '../world.ts';

/** The attribute for phone numbers, which may be unique. */
const PHONE = 'gsmNumber';

/** The maximum number of results. */
export const MOST_FOUND = 20;

/**
 * Returns the ids of the profiles with this value of a unique attribute (email address, external ID, profile ID …) or
 * with this phone number, which can contain spaces and other separators.
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
