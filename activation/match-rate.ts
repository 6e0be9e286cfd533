import { tell } from '../contract/messages/tell.ts';
import type { Activation } from './definition/definition.ts';
import type { GuardTrip } from '../contract/plan.ts';

/** What Actito said of members whose attributes were sent; `missed`: it knows no such profile, or refused its row. */
export interface Matches {
  judged: number;
  missed: number;
}

/** By whom a match rate is told: what a run has just sent, who enters the list, and the whole segment. */
export interface KnownMatches {
  justSent: Matches;
  entering: Matches;
  all: Matches;
}

/** By which members Actito's answers judge a run, and from how many on. */
export interface MatchLimit {
  /** Undefined: it is enough that Actito knows one of them. */
  minMatchRatio: number | undefined;
  leastJudged: number;
}

/** With a canary and no other word, every second member must be known. */
const CANARY_RATIO = 0.5;
/** Below this number a few people are a large share. */
const LEAST_JUDGED = 100;

/**
 * The limit of an activation. Unless it says otherwise, only a run of which Actito knows nobody is held: its list would
 * target nobody. Undefined: no attributes are sent, so that Actito says nothing of anyone.
 */
export function matchLimit({ guards, canary, attributes }: MatchSettings): MatchLimit | undefined {
  const minMatchRatio = guards.minMatchRatio ?? (canary === undefined ? undefined : CANARY_RATIO);
  if (attributes.length === 0) return undefined;
  return { minMatchRatio, leastJudged: Math.min(LEAST_JUDGED, canary ?? LEAST_JUDGED) };
}
type MatchSettings = Pick<Activation, 'guards' | 'canary' | 'attributes'>;

/** Whether too few of those that Actito has answered for are known to it. */
export function matchesTooFew(
  { minMatchRatio, leastJudged }: MatchLimit,
  { judged, missed }: Matches,
): boolean {
  if (judged < leastJudged) return false;
  return minMatchRatio === undefined ? missed === judged : (judged - missed) / judged < minMatchRatio;
}

/**
 * The guard on the match rate, of those who enter the list and of the whole segment: a list of keys that Actito does not
 * know targets nobody.
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
