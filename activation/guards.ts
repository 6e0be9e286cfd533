import { tell } from '../contract/messages/tell.ts';
import type { GuardTrip } from '../contract/plan.ts';
import type { Guards as AllGuards } from './definition/activation.ts';

/**
 * Guards that check a run's plan. Others check the warehouse (source-guards.ts) and Actito's answers (match-rate.ts).
 */
type Guards = Omit<AllGuards, 'freshness' | 'assertions' | 'minMatchRatio'>;

/** In a smaller list, a few people are a large share, so a ratio would cause false alarms. */
const SMALLEST_JUDGED_LIST = 100;
/** The limit for smaller lists: more than half of it, and more than a few members. */
const SMALL_LIST = { ratio: 0.5, members: 5 };

/** What is known about the plan of a run; all are numbers of rows or members. */
export interface GuardFacts {
  /** Rows read from the warehouse, and those of them without a usable key. */
  read: number;
  rejected: number;
  /** Added and removed members. */
  added: number;
  removed: number;
  /** Known members whose attributes changed; 0 if the mapping did, because then the change is not about people. */
  changed: number;
  /** Members of the new segment. */
  members: number;
  /** Members of the list that are missing from the segment and in their grace period. */
  leaving: number;
  /** Members of the last confirmed list. */
  listed: number;
  /** The largest confirmed size of the last 7 days, which shows an erosion over several runs. */
  peak: number;
  /** A list was delivered and confirmed before. */
  delivered: boolean;
}

/** Returns the guards that hold a run because of its plan; none if the list is empty. */
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
  return { guard: 'allowEmpty', figure: listed, ...tell('segmentEmpty', { read, leaving }) };
}

function removedRatio(guards: Guards, facts: GuardFacts): GuardTrip | undefined {
  const { removed, listed } = facts;
  const members = facts.members + facts.leaving;
  // After a quiet week there is no peak, but still a list that can be lost.
  const peak = Math.max(facts.peak, listed);
  const gone = Math.max(removed, peak - members);
  const isSmall = peak < SMALLEST_JUDGED_LIST;
  const limit = isSmall ? Math.max(guards.maxRemovedRatio, SMALL_LIST.ratio) : guards.maxRemovedRatio;
  if (removed === 0 || (isSmall && gone <= SMALL_LIST.members) || gone / peak <= limit) return undefined;
  const found = { removed, members, peak, ratio: gone / peak, limit };
  return { guard: 'maxRemovedRatio', figure: gone, ...tell('lossTooLarge', found) };
}

function removedMembers({ maxRemoved }: Guards, { removed }: GuardFacts): GuardTrip | undefined {
  if (maxRemoved === undefined || removed <= maxRemoved) return undefined;
  return { guard: 'maxRemoved', figure: removed, ...tell('tooManyRemoved', { removed, limit: maxRemoved }) };
}

function addedRatio({ maxAddedRatio }: Guards, { added, listed }: GuardFacts): GuardTrip | undefined {
  if (maxAddedRatio === undefined || listed < SMALLEST_JUDGED_LIST || added / listed <= maxAddedRatio)
    return undefined;
  const found = { added, listed, limit: maxAddedRatio };
  return { guard: 'maxAddedRatio', figure: added, ...tell('growthTooLarge', found) };
}

function changedRatio({ maxChangedRatio }: Guards, { changed, listed }: GuardFacts): GuardTrip | undefined {
  if (maxChangedRatio === undefined || listed < SMALLEST_JUDGED_LIST || changed / listed <= maxChangedRatio)
    return undefined;
  const found = { changed, listed, limit: maxChangedRatio };
  return { guard: 'maxChangedRatio', figure: changed, ...tell('tooManyChanged', found) };
}

function rejectedRatio(guards: Guards, { read, rejected }: GuardFacts): GuardTrip | undefined {
  if (rejected === 0 || rejected / read <= guards.maxRejectedRatio) return undefined;
  const found = { rejected, read, limit: guards.maxRejectedRatio };
  return { guard: 'maxRejectedRatio', figure: rejected, ...tell('tooManyRejected', found) };
}
