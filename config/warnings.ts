import type { ActivationFile, MatchingKey } from '../activation/definition/activation.ts';
import type { Destination } from '../activation/definition/destination.ts';
import { longestGap } from '../activation/definition/longest-gap.ts';
import type { Loaded } from './folder.ts';

type LoadedActivation = Loaded<ActivationFile>;

/** What works but is probably not meant, a sentence each. */
export function warningsOf(
  activations: readonly LoadedActivation[],
  destinations: ReadonlyMap<string, Destination>,
): string[] {
  return [
    ...activations.flatMap(shortValidity),
    ...activations.flatMap(unlikelyKey),
    ...activations.flatMap((activation) => unknownMatches(activation, destinations)),
    ...activations.flatMap((activation, i) =>
      activations.slice(i + 1).flatMap((other) => sharedAttributes(activation, other, destinations)),
    ),
  ];
}

/** A list must outlive a run that fails. */
function shortValidity({ id, value: { list, schedule } }: LoadedActivation): string[] {
  if (!schedule) return [];
  const gap = longestGap(schedule);
  if (list.validity >= 2 * gap) return [];
  const [validity, apart, enough] = [list.validity, gap, 2 * gap].map(inUnits);
  const runs = schedule.every === undefined ? `has up to ${apart} between two runs` : `runs every ${apart}`;
  return [
    `activations/${id}: the list is valid for ${validity} and ${runs}: after one failed run it may expire and target ` +
      `nobody. Set list.validity to ${enough} or more.`,
  ];
}

/** What Actito's own attributes hold. Keys of another type are compared as they are, and hardly ever found. */
const HOLDS: Record<string, MatchingKey['type']> = {
  emailAddress: 'email',
  gsmNumber: 'phone',
  profileId: 'externalId',
};

function unlikelyKey({ id, value: { matchingKey } }: LoadedActivation): string[] {
  const { type, attribute } = matchingKey;
  const holds = HOLDS[attribute];
  if (holds === undefined || holds === type) return [];
  return [
    `activations/${id}: matchingKey.type is ${type}, but ${attribute} is an attribute for type ${holds}: few profiles ` +
      `will be found, or none. Set matchingKey.type to ${holds}, or choose another attribute.`,
  ];
}

/** Actito tells of the rows of an import whether it knows their profile, and of nothing else. */
function unknownMatches(
  { id, value: { guards, canary, attributes, destination } }: LoadedActivation,
  destinations: ReadonlyMap<string, Destination>,
): string[] {
  const asked = [
    ...(guards.minMatchRatio === undefined ? [] : ['guards.minMatchRatio']),
    ...(canary === undefined ? [] : ['canary']),
  ].join(' and ');
  if (asked === '') return [];
  const words = `activations/${id}: ${asked} can do nothing, since`;
  if (attributes.length === 0)
    return [
      `${words} no attributes are sent: only of those does Actito tell whether it knows their profile.`,
    ];
  return destinations.get(destination)?.contract.rowResults === 'none'
    ? [`${words} contract.rowResults of destination ${destination} is none.`]
    : [];
}

/** A duration as a setting takes it, exact: `ms()` would round 25h to 1d. */
function inUnits(milliseconds: number): string {
  const units = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  const [unit, size] = Object.entries(units).find(([, size]) => milliseconds % size === 0) ?? ['ms', 1];
  return `${milliseconds / size}${unit}`;
}

/**
 * Two writers of one attribute overwrite each other, and each takes the other's value for its own. Not told where both
 * have the mapping from the defaults of their destination, and one source: that was said once, for both.
 */
function sharedAttributes(
  one: LoadedActivation,
  other: LoadedActivation,
  destinations: ReadonlyMap<string, Destination>,
): string[] {
  if (profileTable(one, destinations) !== profileTable(other, destinations)) return [];
  const isSameSource = one.value.source === other.value.source;
  const [ours, theirs] = [originsOf(one), originsOf(other)];
  const shared = [...ours.keys()].filter(
    (name) => theirs.has(name) && !(isSameSource && ours.get(name) === theirs.get(name)),
  );
  if (shared.length === 0) return [];
  return [
    `activations/${one.id} and activations/${other.id} both write ${shared.join(', ')} of the same profiles: ` +
      'the run that changes a value last wins. Let one of them own each attribute.',
  ];
}

/** By attribute: the place in the project folder where its mapping is written. */
function originsOf({ file, value }: LoadedActivation): Map<string, string> {
  return new Map(
    value.attributes.map(({ attribute }, i) => [attribute, JSON.stringify(file.place(['attributes', i]))]),
  );
}

function profileTable({ value }: LoadedActivation, destinations: ReadonlyMap<string, Destination>): string {
  const { environment, baseUrl, entity, profileTable } = destinations.get(value.destination)!;
  return JSON.stringify([environment, baseUrl, entity, profileTable]);
}
