import type { Row } from '../contacts/profiles.ts';
import type { World } from '../world.ts';

/** Where people look for a telephone number, whether or not it is unique. */
const PHONE = 'gsmNumber';

/** How many profiles a search returns at most. */
export const MOST_FOUND = 20;

/**
 * The profiles that have this value in a unique attribute (e-mail address, external id, profile id …) or as their
 * phone number, which may be written with blanks and other separators.
 */
export function findProfiles({ profiles }: World, query: string): Row[] {
  const found = new Set<Row>();
  const digits = query.replaceAll(/[\s./()-]/g, '').replace(/^00/, '+');
  for (const attribute of profiles.attributes) {
    const wanted = attribute.name === PHONE ? digits : query;
    if (attribute.unique) {
      const row = profiles.find(attribute, wanted);
      if (row) found.add(row);
    } else if (attribute.name === PHONE) {
      for (const row of profiles.rows()) {
        if (found.size < MOST_FOUND && profiles.valueOf(row, attribute) === wanted) found.add(row);
      }
    }
  }
  return [...found];
}
