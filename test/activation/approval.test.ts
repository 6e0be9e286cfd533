import fc from 'fast-check';
import { expect, it } from 'vitest';
import { figuresOf, notApproved } from '../../activation/approval.ts';
import type { GuardTrip } from '../../contract/plan.ts';

const trip = (guard: GuardTrip['guard'], figure: number): GuardTrip => ({
  guard,
  figure,
  reason: guard,
  facts: {},
  next: [],
  message: guard,
});

it('an approval covers the approved figures, and up to a tenth more', () => {
  const approved = figuresOf([trip('maxRemovedRatio', 100)]);
  expect(notApproved([trip('maxRemovedRatio', 110)], approved)).toEqual([]);
  expect(notApproved([trip('maxRemovedRatio', 111)], approved)).toEqual([trip('maxRemovedRatio', 111)]);
});

it('an approval covers no other guard', () => {
  const held = [trip('maxRemovedRatio', 5), trip('maxRejectedRatio', 5)];
  expect(notApproved(held, figuresOf([trip('maxRemovedRatio', 100)]))).toEqual([trip('maxRejectedRatio', 5)]);
});

it('an approval of an empty first list covers an empty list, and no list that would lose its members', () => {
  const approved = figuresOf([trip('allowEmpty', 0)]);
  expect(notApproved([trip('allowEmpty', 0)], approved)).toEqual([]);
  expect(notApproved([trip('allowEmpty', 3)], approved)).toEqual([trip('allowEmpty', 3)]);
});

it('an approval always covers exactly the plan that it was given for', () => {
  const trips = fc.uniqueArray(
    fc
      .tuple(fc.constantFrom('allowEmpty', 'maxRemoved', 'maxRemovedRatio', 'maxAddedRatio'), fc.nat())
      .map(([guard, figure]) => trip(guard, figure)),
    { selector: ({ guard }) => guard },
  );
  fc.assert(fc.property(trips, (held) => notApproved(held, figuresOf(held)).length === 0));
});
