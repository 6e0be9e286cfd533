import type { Guards as AllGuards } from './definition/activation.ts';

/** Those that judge what a run would do; others look at the warehouse (source-guards.ts) and at Actito (match-rate.ts). */
type Guards = Omit<AllGuards, 'freshness' | 'assertions' | 'minMatchRatio'>;

/** Below this size a few people are a large share: a ratio would only raise false alarms. */
const SMALLEST_JUDGED_LIST = 100;

/** What the plan of a run knows; all are numbers of rows or members. */
export interface GuardFacts {
  /** Rows read from the warehouse, and those of them without a usable key. */
  read: number;
  rejected: number;
  /** Members that enter and leave the list. */
  added: number;
  removed: number;
  /** Known members whose attributes changed; 0 when the mapping did, which is no news about people. */
  changed: number;
  /** Members of the new segment. */
  members: number;
  /** Members of the list that the segment lacks, and that stay for a while. */
  leaving: number;
  /** Members of the list that was acknowledged last. */
  listed: number;
  /** The largest acknowledged size of the last 7 days, so that an erosion over several runs is seen. */
  peak: number;
  /** A list was delivered and acknowledged before. */
  delivered: boolean;
}

export interface GuardTrip {
  guard: keyof AllGuards;
  /** How many rows or members it is about: what an approval is measured by. */
  figure: number;
  /** For people: what was found, the limit, what to check and which setting to change. */
  message: string;
}

/** The guards on what a run would do that hold it before its first write; none when the list is empty. */
export function evaluateGuards(guards: Guards, facts: GuardFacts): GuardTrip[] {
  const all = [emptyList, removedRatio, removedMembers, addedRatio, changedRatio, rejectedRatio];
  return all.map((guard) => guard(guards, facts)).filter((trip) => trip !== undefined);
}

function emptyList(
  guards: Guards,
  { members, leaving, listed, read, delivered }: GuardFacts,
): GuardTrip | undefined {
  const isEmptyAlready = delivered && listed === 0;
  if (members > 0 || guards.allowEmpty || isEmptyAlready) return undefined;
  return {
    guard: 'allowEmpty',
    figure: listed,
    message:
      `The segment has no members (${read} rows read), and the list would ${leaving > 0 ? 'soon ' : ''}target nobody. Check that the ` +
      "segment's query finds people in the warehouse; if an empty list is right, set guards.allowEmpty: true.",
  };
}

function removedRatio(guards: Guards, facts: GuardFacts): GuardTrip | undefined {
  const { removed, listed } = facts;
  const members = facts.members + facts.leaving;
  // After a quiet week there is no peak, but still a list to lose.
  const peak = Math.max(facts.peak, listed);
  const gone = Math.max(removed, peak - members);
  if (removed === 0 || peak < SMALLEST_JUDGED_LIST || gone / peak <= guards.maxRemovedRatio) return undefined;
  return {
    guard: 'maxRemovedRatio',
    figure: gone,
    message:
      `${removed} members would leave the list, and ${members} remain of the ${peak} it held at most in the last ` +
      `7 days: a loss of ${percent(gone / peak)}, allowed are ${percent(guards.maxRemovedRatio)}. Check that the ` +
      "warehouse's tables are completely loaded; if the loss is right, raise guards.maxRemovedRatio.",
  };
}

function removedMembers({ maxRemoved }: Guards, { removed }: GuardFacts): GuardTrip | undefined {
  if (maxRemoved === undefined || removed <= maxRemoved) return undefined;
  return {
    guard: 'maxRemoved',
    figure: removed,
    message:
      `${removed} members would leave the list, allowed are ${maxRemoved}. Check that the warehouse's tables are ` +
      'completely loaded; if the loss is right, raise guards.maxRemoved.',
  };
}

function addedRatio({ maxAddedRatio }: Guards, { added, listed }: GuardFacts): GuardTrip | undefined {
  if (maxAddedRatio === undefined || listed < SMALLEST_JUDGED_LIST || added / listed <= maxAddedRatio)
    return undefined;
  return {
    guard: 'maxAddedRatio',
    figure: added,
    message:
      `${added} members would enter a list of ${listed}, a growth of ${percent(added / listed)}, allowed are ` +
      `${percent(maxAddedRatio)}. Check that the segment's query still filters as it should; if the growth is right, ` +
      'raise guards.maxAddedRatio.',
  };
}

function changedRatio({ maxChangedRatio }: Guards, { changed, listed }: GuardFacts): GuardTrip | undefined {
  if (maxChangedRatio === undefined || listed < SMALLEST_JUDGED_LIST || changed / listed <= maxChangedRatio)
    return undefined;
  return {
    guard: 'maxChangedRatio',
    figure: changed,
    message:
      `The attributes of ${changed} members of ${listed} would change (${percent(changed / listed)}), allowed are ` +
      `${percent(maxChangedRatio)}. Check that the mapped columns hold what they should; if the changes are right, ` +
      'raise guards.maxChangedRatio.',
  };
}

function rejectedRatio(guards: Guards, { read, rejected }: GuardFacts): GuardTrip | undefined {
  if (rejected === 0 || rejected / read <= guards.maxRejectedRatio) return undefined;
  return {
    guard: 'maxRejectedRatio',
    figure: rejected,
    message:
      `${rejected} of ${read} rows (${percent(rejected / read)}) have no usable matching key, allowed are ` +
      `${percent(guards.maxRejectedRatio)}. Check that matchingKey names the right column, and the reasons stored ` +
      'with the run; if so many are normal, raise guards.maxRejectedRatio.',
  };
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 10_000) / 100} %`;
}
