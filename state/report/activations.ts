import type { Definition } from '../../activation/definition/definition.ts';
import type { Snapshot } from './snapshot.ts';

/** Returns the ids of all activations that ever ran. */
export async function knownActivations({ rows }: Snapshot): Promise<string[]> {
  const found = await rows<{ id: string }>('select id from activations order by id');
  return found.map(({ id }) => id);
}

/** Returns the definition of an activation's latest run. Previews do not count. */
export async function latestDefinition(
  { rows }: Snapshot,
  activation: string,
): Promise<Definition | undefined> {
  const [latest] = await rows<{ definition: Definition }>(
    'select definition from runs where activation = $1 and fence is not null order by no desc limit 1',
    [activation],
  );
  return latest?.definition;
}

/** Returns the countries of phone keys in the definitions of all stored runs. */
export async function knownCountries({ rows }: Snapshot): Promise<string[]> {
  const found = await rows<{ country: string }>(
    `select distinct definition->'activation'->'matchingKey'->>'defaultCountry' as country from runs
     where definition->'activation'->'matchingKey'->>'defaultCountry' is not null`,
  );
  return found.map(({ country }) => country);
}
