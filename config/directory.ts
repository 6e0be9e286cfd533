import type { ActivationFile } from '../activation/definition/activation.ts';
import { resolveActivation, usesDirectory } from '../activation/definition/definition.ts';
import type { Destination } from '../activation/definition/destination.ts';
import type { Loaded } from './folder.ts';
import { problemAt, type Problem } from './problem.ts';

/**
 * Checks that a list whose entries are looked up in the profile directory has one, and that the export contains the
 * activation's matching key.
 */
export function checkDirectory(
  { id, file, value }: Loaded<ActivationFile>,
  destinations: ReadonlyMap<string, Destination>,
): Problem[] {
  const destination = destinations.get(value.destination);
  if (!destination || !usesDirectory(resolveActivation(id, value))) return []; // an unknown one is reported already
  const facts = { destination: value.destination };
  const place = ['list', 'identifier'];
  if (!destination.profiles) return [problemAt(file, place, 'identifierWithoutProfiles', facts)];
  const { columns } = destination.profiles.export;
  const { attribute } = value.matchingKey;
  if (Object.hasOwn(columns, attribute)) return [];
  return [
    problemAt(file, place, 'identifierWithoutColumn', { ...facts, attribute, known: Object.keys(columns) }),
  ];
}
