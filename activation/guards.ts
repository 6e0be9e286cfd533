import { tell } from '../contract/messages/tell.ts';
import type { GuardTrip } from '../contract/plan.ts';
import type { Guards as AllGuards } from './definition/activation.ts';

/** Those that judge what a run would do; others look at the warehouse (source-guards.ts) and at Actito (match-rate.ts). */
type Guards = Omit<AllGuards, 'freshness' | 'assertions' | 'minMatchRatio'>;

/** Below this size a few people are a large share: a ratio would only raise false alarms. */
const SMALLEST_JUDGED_LIST = 100;
/** A smaller list is not to be lost either: more than half of it, and more than a few members. */
const SMALL_LIST = { ratio: 0.5, members: 5 };

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
  return { guard: 'allowEmpty', figure: listed, ...tell('segmentEmpty', { read, leaving }) };
}

function removedRatio(guards: Guards, facts: GuardFacts): GuardTrip | undefined {
  const { removed, listed } = facts;
  const members = facts.members + facts.leaving;
  // After a quiet week there is no peak, but still a list to lose.
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
