import type { GuardTrip } from '../contract/plan.ts';

/** The figures of a held plan that someone has approved, by guard. */
export type ApprovedFigures = Record<string, number>;

/** A warehouse goes on living while someone decides: fresh figures may exceed the approved ones by this much. */
const MAY_GROW_BY = 0.1;

/** What of a held plan is approved. */
export function figuresOf(trips: readonly GuardTrip[]): ApprovedFigures {
  return Object.fromEntries(trips.map(({ guard, figure }) => [guard, figure]));
}

/** Those guards that an approval does not answer: not approved, or exceeded by more than a tenth. */
export function notApproved(trips: readonly GuardTrip[], approved: ApprovedFigures): GuardTrip[] {
  return trips.filter(({ guard, figure }) => {
    const limit = approved[guard];
    return limit === undefined || figure > limit * (1 + MAY_GROW_BY);
  });
}
