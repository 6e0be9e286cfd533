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

it('answers what it was given for, and up to a tenth more', () => {
  const approved = figuresOf([trip('maxRemovedRatio', 100)]);
  expect(notApproved([trip('maxRemovedRatio', 110)], approved)).toEqual([]);
  expect(notApproved([trip('maxRemovedRatio', 111)], approved)).toEqual([trip('maxRemovedRatio', 111)]);
});

it('answers no other guard', () => {
  const held = [trip('maxRemovedRatio', 5), trip('maxRejectedRatio', 5)];
  expect(notApproved(held, figuresOf([trip('maxRemovedRatio', 100)]))).toEqual([trip('maxRejectedRatio', 5)]);
});

it('of an empty first list lets an empty list pass, and none that would be emptied', () => {
  const approved = figuresOf([trip('allowEmpty', 0)]);
  expect(notApproved([trip('allowEmpty', 0)], approved)).toEqual([]);
  expect(notApproved([trip('allowEmpty', 3)], approved)).toEqual([trip('allowEmpty', 3)]);
});

it('always answers the very plan that it was given for', () => {
  const trips = fc.uniqueArray(
    fc
      .tuple(fc.constantFrom('allowEmpty', 'maxRemoved', 'maxRemovedRatio', 'maxAddedRatio'), fc.nat())
      .map(([guard, figure]) => trip(guard, figure)),
    { selector: ({ guard }) => guard },
  );
  fc.assert(fc.property(trips, (held) => notApproved(held, figuresOf(held)).length === 0));
});
