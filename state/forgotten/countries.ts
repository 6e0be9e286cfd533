import type { Knex } from 'knex';
import { rows } from '../state.ts';

/**
 * Returns the countries whose phone numbers may be written without a country code: the activation's country or, if it
 * has none, the countries of all stored runs.
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
