import { tell } from '../contract/messages/tell.ts';
import type { Activation } from './definition/definition.ts';
import type { GuardTrip } from '../contract/plan.ts';

/** Actito's answers about members whose attributes were sent; `missed`: it has no such profile, or rejected the row. */
export interface Matches {
  judged: number;
  missed: number;
}

/** The members by which a match rate is judged: those just sent by a run, the added ones, and the whole segment. */
export interface KnownMatches {
  justSent: Matches;
  entering: Matches;
  all: Matches;
}

/** The members by which Actito's answers judge a run, and the minimum number of them. */
export interface MatchLimit {
  /** Undefined if it is enough that Actito matches one of them. */
  minMatchRatio: number | undefined;
  leastJudged: number;
}

/** The default for a canary: Actito must match half of the members. */
const CANARY_RATIO = 0.5;
/** Below this number, a few people are a large share. */
const LEAST_JUDGED = 100;

/**
 * Returns the limit of an activation. By default, only a run without any match is held, because its list would target
 * nobody. Undefined if nothing tells who has a profile: no attributes are sent, and no profile directory is used.
 */
export function matchLimit({ guards, canary, attributes, list }: MatchSettings): MatchLimit | undefined {
  const minMatchRatio = guards.minMatchRatio ?? (canary === undefined ? undefined : CANARY_RATIO);
  if (attributes.length === 0 && list.identifier.directory !== true) return undefined;
  return { minMatchRatio, leastJudged: Math.min(LEAST_JUDGED, canary ?? LEAST_JUDGED) };
}
type MatchSettings = Pick<Activation, 'guards' | 'canary' | 'attributes' | 'list'>;

/** Whether too few of the members with an answer of Actito are matched. */
export function matchesTooFew(
  { minMatchRatio, leastJudged }: MatchLimit,
  { judged, missed }: Matches,
): boolean {
  if (judged < leastJudged) return false;
  return minMatchRatio === undefined ? missed === judged : (judged - missed) / judged < minMatchRatio;
}

/**
 * The guard on the match rate, for the added members and for the whole segment: a list of unmatched keys targets
 * nobody.
 */
export function matchGuard(
  limit: MatchLimit,
  { justSent, entering: ofEntering, all }: KnownMatches,
): GuardTrip | undefined {
  const entering = [justSent, ofEntering].find((matches) => matchesTooFew(limit, matches));
  const found = entering ?? all;
  if (!matchesTooFew(limit, found)) return undefined;
  const facts = { ...found, entering: entering !== undefined, limit: limit.minMatchRatio ?? null };
  return { guard: 'minMatchRatio', figure: found.missed, ...tell('matchRateTooLow', facts) };
}
