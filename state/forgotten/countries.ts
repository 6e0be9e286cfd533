import type { Knex } from 'knex';
import { rows } from '../state.ts';

/**
 * Whose phone numbers may be written without a code: those of an activation's country, or, when it has none, of all countries
 * that any stored run was defined with.
 */
export async function phoneCountries(db: Knex, country: string | null | undefined): Promise<string[]> {
  if (country) return [country];
  const found = await rows<{ country: string }>(
    db,
    `select distinct definition->'activation'->'matchingKey'->>'defaultCountry' as country from runs
     where definition->'activation'->'matchingKey'->>'defaultCountry' is not null`,
  );
  return found.map((each) => each.country);
}
