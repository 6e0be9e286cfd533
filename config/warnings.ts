import type { Activation } from '../activation/definition/definition.ts';
import type { Destination } from '../activation/definition/destination.ts';

/** What works but is probably not meant, a sentence each. */
export function warningsOf(
  activations: readonly Activation[],
  destinations: ReadonlyMap<string, Destination>,
): string[] {
  return [
    ...activations.flatMap(shortValidity),
    ...activations.flatMap((activation, i) =>
      activations.slice(i + 1).flatMap((other) => sharedAttributes(activation, other, destinations)),
    ),
  ];
}

/** A list must outlive a run that fails. Only for `every`: the longest gap of a cron expression is not worked out. */
function shortValidity({ id, list, schedule }: Activation): string[] {
  if (!schedule?.every || list.validity >= 2 * schedule.every) return [];
  const [validity, interval, enough] = [list.validity, schedule.every, 2 * schedule.every].map(inUnits);
  return [
    `activations/${id}: the list is valid for ${validity} and runs every ${interval}: after one failed run it may ` +
      `expire and target nobody. Set list.validity to ${enough} or more.`,
  ];
}

/** A duration as a setting takes it, exact: `ms()` would round 25h to 1d. */
function inUnits(milliseconds: number): string {
  const units = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  const [unit, size] = Object.entries(units).find(([, size]) => milliseconds % size === 0) ?? ['ms', 1];
  return `${milliseconds / size}${unit}`;
}

/** Two writers of one attribute overwrite each other, and each takes the other's value for its own. */
function sharedAttributes(
  one: Activation,
  other: Activation,
  destinations: ReadonlyMap<string, Destination>,
): string[] {
  if (profileTable(one, destinations) !== profileTable(other, destinations)) return [];
  const shared = one.attributes
    .map(({ attribute }) => attribute)
    .filter((name) => other.attributes.some(({ attribute }) => attribute === name));
  if (shared.length === 0) return [];
  return [
    `activations/${one.id} and activations/${other.id} both write ${shared.join(', ')} of the same profiles: ` +
      'the run that changes a value last wins. Let one of them own each attribute.',
  ];
}

function profileTable({ destination }: Activation, destinations: ReadonlyMap<string, Destination>): string {
  const { environment, baseUrl, entity, profileTable } = destinations.get(destination)!;
  return JSON.stringify([environment, baseUrl, entity, profileTable]);
}
