import { isDeepStrictEqual } from 'node:util';
import type { ActivationFile, ImportMode } from '../activation/definition/activation.ts';
import type { Destination } from '../activation/definition/destination.ts';
import type { Collision } from './collisions.ts';
import type { Loaded } from './folder.ts';
import { problemAt, type Problem } from './problem.ts';

/**
 * Checks that activations which share an ETL can do so. An ETL finds profiles by one key. If it requires all of its
 * columns (contract.etlColumns: all), they must send the same ones; with `subset`, each may send its own.
 */
export function checkEtls(
  activations: readonly Loaded<ActivationFile>[],
  destinations: ReadonlyMap<string, Destination>,
): Collision[] {
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
    const problem = problemOfTwo(etl, owner, activation, destinations.get(destination));
    return problem ? [{ activations: [owner.id, activation.id], problem }] : [];
  });
}

function etlOf(importMode: ImportMode): string | undefined {
  return importMode === 'oneShot' ? undefined : importMode.etl;
}

function problemOfTwo(
  etl: string,
  one: Loaded<ActivationFile>,
  other: Loaded<ActivationFile>,
  destination: Destination | undefined,
): Problem | undefined {
  const shared = { etl, files: [one.file.name, other.file.name] as [string, string] };
  const [key, otherKey] = [one.value.matchingKey.attribute, other.value.matchingKey.attribute];
  if (key !== otherKey) {
    return problemAt(other.file, ['importMode'], 'etlOfTwoKeys', { ...shared, keys: [key, otherKey] });
  }
  if (destination?.contract.etlColumns !== 'all') return undefined;
  const columns: [string[], string[]] = [columnsOf(one), columnsOf(other)];
  if (isDeepStrictEqual(...columns)) return undefined;
  return problemAt(other.file, ['importMode'], 'etlOfOtherColumns', { ...shared, columns });
}

function columnsOf({ value: { attributes } }: Loaded<ActivationFile>): string[] {
  return attributes.map(({ attribute }) => attribute).sort();
}
