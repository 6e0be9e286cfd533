import type { ActivationFile, MatchingKey } from '../activation/definition/activation.ts';
import type { Destination } from '../activation/definition/destination.ts';
import { PROFILE_ID } from '../activation/definition/list.ts';
import { oddStarts } from '../activation/definition/clock-changes.ts';
import { longestGap } from '../activation/definition/longest-gap.ts';
import type { Told } from '../contract/messages/message.ts';
import { tell } from '../contract/messages/tell.ts';
import { listedAttribute } from './contract.ts';
import type { Loaded } from './folder.ts';

type LoadedActivation = Loaded<ActivationFile>;

/** Likely mistakes. */
export function warningsOf(
  activations: readonly LoadedActivation[],
  destinations: ReadonlyMap<string, Destination>,
): Told[] {
  return [
    ...activations.flatMap(shortValidity),
    ...activations.flatMap(clockChanges),
    ...activations.flatMap(unlikelyKey),
    ...activations.flatMap((activation) => unknownMatches(activation, destinations)),
    ...[...destinations].flatMap(([id, destination]) =>
      undocumentedIdentifiers(id, destination, activations),
    ),
    ...activations.flatMap((activation, i) =>
      activations.slice(i + 1).flatMap((other) => sharedAttributes(activation, other, destinations)),
    ),
  ];
}

/** A list must remain valid longer than a failing run takes. */
function shortValidity({ id, value: { list, schedule } }: LoadedActivation): Told[] {
  if (!schedule) return [];
  const gap = longestGap(schedule);
  if (list.validity >= 2 * gap) return [];
  const regular = schedule.every !== undefined;
  return [tell('validityShort', { activation: id, validity: list.validity, gap, regular })];
}

/** A time of day that a clock change skips or repeats. */
function clockChanges({ id, value: { schedule } }: LoadedActivation): Told[] {
  const odd = schedule ? oddStarts(schedule) : [];
  if (odd.length === 0) return [];
  const first = (missing: boolean) => odd.find((start) => start.missing === missing)?.at ?? null;
  const facts = { activation: id, timezone: schedule!.timezone!, missing: first(true), twice: first(false) };
  return [tell('clockChanges', facts)];
}

/** The types of Actito's own attributes. Keys of another type are compared unchanged, and rarely match. */
const HOLDS: Record<string, MatchingKey['type']> = {
  emailAddress: 'email',
  gsmNumber: 'phone',
  profileId: 'externalId',
};

function unlikelyKey({ id, value: { matchingKey } }: LoadedActivation): Told[] {
  const { type, attribute } = matchingKey;
  const holds = HOLDS[attribute];
  if (holds === undefined || holds === type) return [];
  return [tell('keyUnlikely', { activation: id, type, attribute, holds })];
}

/** Actito reports only for imported rows whether it has their profile. */
function unknownMatches(
  { id, value: { guards, canary, attributes, destination } }: LoadedActivation,
  destinations: ReadonlyMap<string, Destination>,
): Told[] {
  const settings = [
    ...(guards.minMatchRatio === undefined ? [] : ['guards.minMatchRatio']),
    ...(canary === undefined ? [] : ['canary']),
  ];
  if (settings.length === 0) return [];
  const asked = { activation: id, settings };
  if (attributes.length === 0) return [tell('matchesUnknownWithoutAttributes', asked)];
  return destinations.get(destination)?.contract.rowResults === 'none'
    ? [tell('matchesUnknownWithoutResults', { ...asked, destination })]
    : [];
}

/** A list of other identifiers than profile IDs might target nobody. A person who has checked one says so. */
function undocumentedIdentifiers(
  id: string,
  { contract }: Destination,
  activations: readonly LoadedActivation[],
): Told[] {
  if (contract.listIdentifiers !== undefined) return [];
  const others = activations
    .filter(({ value }) => value.destination === id)
    .map((activation) => ({ id: activation.id, attribute: listedAttribute(activation.value) }))
    .filter(({ attribute }) => attribute !== PROFILE_ID);
  if (others.length === 0) return [];
  const attributes = [...new Set(others.map(({ attribute }) => attribute))];
  return [tell('identifiersUndocumented', { destination: id, attributes, activations: others.length })];
}

/**
 * Two activations that write the same attribute overwrite each other, and each assumes the other's value is its own.
 * Not reported if both have the mapping from the defaults of their destination, and one source.
 */
function sharedAttributes(
  one: LoadedActivation,
  other: LoadedActivation,
  destinations: ReadonlyMap<string, Destination>,
): Told[] {
  if (profileTable(one, destinations) !== profileTable(other, destinations)) return [];
  const isSameSource = one.value.source === other.value.source;
  const [ours, theirs] = [originsOf(one), originsOf(other)];
  const shared = [...ours.keys()].filter(
    (name) => theirs.has(name) && !(isSameSource && ours.get(name) === theirs.get(name)),
  );
  if (shared.length === 0) return [];
  return [tell('attributesShared', { activations: [one.id, other.id], attributes: shared })];
}

/** Returns the place of each attribute's mapping in the project folder. */
function originsOf({ file, value }: LoadedActivation): Map<string, string> {
  return new Map(
    value.attributes.map(({ attribute }, i) => [attribute, JSON.stringify(file.place(['attributes', i]))]),
  );
}

function profileTable({ value }: LoadedActivation, destinations: ReadonlyMap<string, Destination>): string {
  const { environment, baseUrl, entity, profileTable } = destinations.get(value.destination)!;
  return JSON.stringify([environment, baseUrl, entity, profileTable]);
}
