import type { GuardTrip } from '../contract/plan.ts';

/** The approved numbers of a held plan, by guard. */
export type ApprovedFigures = Record<string, number>;

/** The warehouse changes while someone decides, so new numbers may exceed the approved ones by this share. */
const MAY_GROW_BY = 0.1;

/** Returns what an approval of a held plan covers. */
export function figuresOf(trips: readonly GuardTrip[]): ApprovedFigures {
  return Object.fromEntries(trips.map(({ guard, figure }) => [guard, figure]));
}

/** Returns the guards that an approval does not cover: not approved, or exceeded by more than a tenth. */
export function notApproved(trips: readonly GuardTrip[], approved: ApprovedFigures): GuardTrip[] {
  return trips.filter(({ guard, figure }) => {
    const limit = approved[guard];
    return limit === undefined || figure > limit * (1 + MAY_GROW_BY);
  });
}
