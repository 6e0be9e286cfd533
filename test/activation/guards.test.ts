import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateGuards, type GuardFacts } from '../../activation/guards.ts';

const GUARDS = { maxRemovedRatio: 0.3, allowEmpty: false, maxRejectedRatio: 0.05 };
/** An ordinary run: 1,000 members without changes. */
const CALM: GuardFacts = {
  read: 1000,
  rejected: 0,
  added: 0,
  removed: 0,
  changed: 0,
  members: 1000,
  leaving: 0,
  listed: 1000,
  peak: 1000,
  delivered: true,
};
const trips = (facts: Partial<GuardFacts>, guards = {}) =>
  evaluateGuards({ ...GUARDS, ...guards }, { ...CALM, ...facts }).map(({ guard }) => guard);

describe('the guards', () => {
  it('pass an ordinary run, and a first run', () => {
    expect(trips({})).toEqual([]);
    expect(trips({ listed: 0, peak: 0, added: 1000, delivered: false })).toEqual([]);
  });

  it.each<[string, Partial<GuardFacts>, string[]]>([
    ['exactly the allowed share is removed', { removed: 300, members: 700 }, []],
    ['more than that share is removed', { removed: 301, members: 699 }, ['maxRemovedRatio']],
    ['as many members are added as removed', { removed: 301, added: 301 }, ['maxRemovedRatio']],
    [
      'the list loses members over several runs',
      { listed: 750, removed: 60, members: 690 },
      ['maxRemovedRatio'],
    ],
    ['it lost members before but none now', { listed: 600, members: 600 }, []],
    [
      'a small list loses most of its members',
      { listed: 95, peak: 95, removed: 93, members: 2 },
      ['maxRemovedRatio'],
    ],
    ['a small list loses half', { listed: 98, peak: 98, removed: 49, members: 49 }, []],
    ['a list of ten loses six', { listed: 10, peak: 10, removed: 6, members: 4 }, ['maxRemovedRatio']],
    ['a list of six loses five', { listed: 6, peak: 6, removed: 5, members: 1 }, []],
    ['a list of 100 loses half', { listed: 100, peak: 100, removed: 50, members: 50 }, ['maxRemovedRatio']],
    ['the list was quiet for a week', { peak: 0, removed: 500, members: 500 }, ['maxRemovedRatio']],
    ['exactly the allowed share is rejected', { rejected: 50 }, []],
    ['more than that is rejected', { rejected: 51 }, ['maxRejectedRatio']],
    [
      'exactly the allowed share is removed, and others will be',
      { removed: 300, members: 500, leaving: 200 },
      [],
    ],
    ['only members in their grace period are left', { members: 0, leaving: 1000, read: 0 }, ['allowEmpty']],
    ['the segment becomes empty', { members: 0, removed: 1000, read: 0 }, ['allowEmpty', 'maxRemovedRatio']],
    ['a small list becomes empty', { members: 0, removed: 5, listed: 5, peak: 5, read: 0 }, ['allowEmpty']],
    [
      'the segment is empty at the first run',
      { members: 0, listed: 0, peak: 0, delivered: false },
      ['allowEmpty'],
    ],
    ['the delivered list is empty already', { members: 0, listed: 0, peak: 0 }, []],
    ['all rows are rejected', { members: 0, listed: 0, peak: 0, rejected: 1000 }, ['maxRejectedRatio']],
  ])('if %s', (_, facts, expected) => {
    expect(trips(facts)).toEqual(expected);
  });

  it.each<[string, Partial<GuardFacts>, object, string[]]>([
    ['as many members are removed as allowed', { removed: 20 }, { maxRemoved: 20 }, []],
    ['one more is removed', { removed: 21 }, { maxRemoved: 20 }, ['maxRemoved']],
    [
      'a member of a small list is removed',
      { listed: 5, peak: 5, removed: 1 },
      { maxRemoved: 0 },
      ['maxRemoved'],
    ],
    ['the list doubles, as allowed', { added: 1000 }, { maxAddedRatio: 1 }, []],
    ['it more than doubles', { added: 1001 }, { maxAddedRatio: 1 }, ['maxAddedRatio']],
    ['a list is filled for the first time', { added: 1000, listed: 0 }, { maxAddedRatio: 1 }, []],
    ['as many members change as allowed', { changed: 500 }, { maxChangedRatio: 0.5 }, []],
    ['one more changes', { changed: 501 }, { maxChangedRatio: 0.5 }, ['maxChangedRatio']],
  ])('that are off by default: if %s', (_, facts, guards, expected) => {
    expect(trips(facts, guards)).toEqual(expected);
  });

  it('can each be switched off', () => {
    const empty = { members: 0, removed: 1000, rejected: 1000 };
    expect(trips(empty)).toEqual(['allowEmpty', 'maxRemovedRatio', 'maxRejectedRatio']);
    expect(trips(empty, { allowEmpty: true, maxRemovedRatio: 1, maxRejectedRatio: 1 })).toEqual([]);
  });

  it('say what was found, what is allowed, what to check and which setting to change', () => {
    const messages = evaluateGuards(GUARDS, {
      ...CALM,
      removed: 1000,
      members: 0,
      rejected: 60,
      read: 600,
    }).map(({ message }) => message);
    expect(messages).toEqual([
      'The segment is empty (600 rows read, none usable); the list would target nobody. Check the ' +
        "segment's query. If an empty list is intended, set guards.allowEmpty: true.",
      '100 % of the list would be removed; the limit is 30 %. This run removes 1000 members and leaves 0; the most in ' +
        'the last 7 days was 1000. Check that the warehouse tables are fully loaded. If the removal is intended, raise ' +
        'guards.maxRemovedRatio.',
      '10 % of the rows (60 of 600) have no valid matching key; the limit is 5 %. Check that matchingKey names the right ' +
        'column, and see the reasons with actito-sync rejects. If this share is normal, raise guards.maxRejectedRatio.',
    ]);
  });

  it('trip for more removals whenever they trip for fewer', () => {
    const size = fc.nat(2000);
    fc.assert(
      fc.property(size, size, fc.nat(500), (listed, removed, more) => {
        fc.pre(removed + more <= listed);
        const facts = (gone: number) => ({ listed, peak: listed, removed: gone, members: listed - gone });
        const allowed = { allowEmpty: true };
        if (trips(facts(removed), allowed).length > 0) {
          expect(trips(facts(removed + more), allowed)).toEqual(['maxRemovedRatio']);
        }
      }),
    );
  });
});
