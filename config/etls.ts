import type { ActivationFile, ImportMode } from '../activation/definition/activation.ts';
import type { Destination } from '../activation/definition/destination.ts';
import type { Loaded } from './folder.ts';
import { problemAt, type Problem } from './problem.ts';

/**
 * Activations may share an ETL, as far as one ETL can serve them: it finds profiles by one key, and where it wants all of
 * its columns (contract.etlColumns: all) they must send the same ones. With `subset` each may send its own.
 */
export function checkEtls(
  activations: readonly Loaded<ActivationFile>[],
  destinations: ReadonlyMap<string, Destination>,
): Problem[] {
  const owners = new Map<string, Loaded<ActivationFile>>();
  return activations.flatMap((activation) => {
    const { destination, importMode } = activation.value;
    const etl = etlOf(importMode);
    if (etl === undefined) return [];
    const place = JSON.stringify([destination, etl]);
    const owner = owners.get(place);
    if (!owner) {
      owners.set(place, activation);
      return [];
    }
    const difference = differenceOf(owner.value, activation.value, destinations.get(destination));
    if (!difference) return [];
    const [one, other] = [owner.file.name, activation.file.name];
    const message = `ETL ${etl} is shared by ${one} and ${other}, ${difference}. Define an ETL of its own in Actito`;
    return [problemAt(activation.file, ['importMode'], message)];
  });
}

function etlOf(importMode: ImportMode): string | undefined {
  return importMode === 'oneShot' ? undefined : importMode.etl;
}

function differenceOf(
  one: ActivationFile,
  other: ActivationFile,
  destination: Destination | undefined,
): string | undefined {
  const [key, otherKey] = [one, other].map(({ matchingKey }) => matchingKey.attribute);
  if (key !== otherKey) return `but it finds profiles by one matching key, not by ${key} and ${otherKey}`;
  const [names, otherNames] = [one, other].map(({ attributes }) =>
    attributes
      .map(({ attribute }) => attribute)
      .sort()
      .join(', '),
  );
  if (names === otherNames || destination?.contract.etlColumns !== 'all') return undefined;
  return (
    'but it wants all of its columns in every file (contract.etlColumns: all), and they send others: ' +
    `${names || 'none'} and ${otherNames || 'none'}`
  );
}
