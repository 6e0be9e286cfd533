import { describe, expect, it } from 'vitest';
import { matchGuard, matchLimit, matchesTooFew, type Matches } from '../../activation/match-rate.ts';
import type { Activation } from '../../activation/definition/definition.ts';
import { guardsSchema } from '../../activation/definition/guards.ts';

const settings = (guards: object, canary?: number, attributes = 1) => ({
  guards: guardsSchema.parse(guards),
  canary,
  attributes: Array.from({ length: attributes }, () => ({
    column: 'c',
    attribute: 'a',
    nulls: 'keep' as const,
  })),
  list: { identifier: { column: 'id', attribute: 'customerId' } } as Activation['list'],
});

describe('the limit of the match rate', () => {
  it.each([
    ['nothing is set', settings({}), { minMatchRatio: undefined, leastJudged: 100 }],
    ['it is 0', settings({ minMatchRatio: 0 }), { minMatchRatio: 0, leastJudged: 100 }],
    ['the guards set it', settings({ minMatchRatio: 0.8 }), { minMatchRatio: 0.8, leastJudged: 100 }],
    ['there is a canary', settings({}, 500), { minMatchRatio: 0.5, leastJudged: 100 }],
    ['there is a small canary', settings({}, 20), { minMatchRatio: 0.5, leastJudged: 20 }],
    ['there are both', settings({ minMatchRatio: 0.9 }, 20), { minMatchRatio: 0.9, leastJudged: 20 }],
    ['no attributes are sent', settings({ minMatchRatio: 0.9 }, 20, 0), undefined],
  ])('if %s', (_, activation, limit) => {
    expect(matchLimit(activation)).toEqual(limit);
  });
});

const LIMIT = { minMatchRatio: 0.6, leastJudged: 100 };
const NONE: Matches = { judged: 0, missed: 0 };

describe('the match rate', () => {
  it.each([
    [99, 99, false],
    [100, 40, false],
    [100, 41, true],
    [0, 0, false],
    [1000, 1000, true],
  ])('of %i judged and %i missed: too low is %s', (judged, missed, expected) => {
    expect(matchesTooFew(LIMIT, { judged, missed })).toBe(expected);
    const trip = matchGuard(LIMIT, { justSent: NONE, entering: { judged, missed }, all: NONE });
    expect(trip && [trip.guard, trip.figure]).toEqual(expected ? ['minMatchRatio', missed] : undefined);
  });

  it.each([
    [99, 99, undefined, false],
    [100, 100, undefined, true],
    [100, 99, undefined, false],
    [100, 100, 0, false],
  ])(
    'of %i judged and %i missed, with a limit of %s: too low is %s',
    (judged, missed, minMatchRatio, low) => {
      expect(matchesTooFew({ minMatchRatio, leastJudged: 100 }, { judged, missed })).toBe(low);
    },
  );

  it('counts the last results, although many more members were matched before', () => {
    const entering = { judged: 1000, missed: 100 };
    const trip = matchGuard(LIMIT, { justSent: { judged: 100, missed: 90 }, entering, all: entering });
    expect(trip?.message).toContain('(10 of 100)');
  });

  it('is that of the new members; that of all members counts if too few are new', () => {
    const all = { judged: 1000, missed: 900 };
    expect(
      matchGuard(LIMIT, { justSent: NONE, entering: { judged: 200, missed: 150 }, all })?.message,
    ).toContain('added members whose attributes were sent (50 of 200)');
    expect(matchGuard(LIMIT, { justSent: NONE, entering: { judged: 5, missed: 5 }, all })?.message).toContain(
      'of the members whose attributes were sent (100 of 1000)',
    );
  });
});
