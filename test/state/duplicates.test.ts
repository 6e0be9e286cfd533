import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rows } from '../../state/state.ts';
import { planned } from './sending.ts';
import { definitionFor, freshState, newActivation, type SegmentRow, type StateWorld } from './support.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const OWN_IDENTIFIER = { list: { identifier: { column: 'card', attribute: 'cardNumber' } } };
const segmentArb = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    identifier: fc.constantFrom('i1', 'i2'),
    values: fc.array(fc.constantFrom('1', '2', null), { minLength: 3, maxLength: 3 }),
  }),
  { maxLength: 6 },
);

/** What the rules say: equal rows are one, rows that differ are one member of which nothing is sent. */
function model(segment: SegmentRow[]) {
  const byKey = new Map<string, SegmentRow[]>();
  for (const row of segment) byKey.set(row.key!, [...(byKey.get(row.key!) ?? []), row]);
  const differs = (copies: SegmentRow[]) => new Set(copies.map((copy) => JSON.stringify(copy))).size > 1;
  const ambiguous = [...byKey].filter(([, copies]) => differs(copies)).map(([key]) => key);
  return {
    members: [...byKey.keys()].sort(),
    ambiguous: ambiguous.sort(),
    duplicates: segment.length - byKey.size,
  };
}

test('equal rows are one member; rows that differ are on the list, and nothing is sent of them', async () => {
  await fc.assert(
    fc.asyncProperty(segmentArb, async (segment) => {
      const run = await planned(world, definitionFor(newActivation(), OWN_IDENTIFIER), segment);
      const { members, ambiguous, duplicates } = model(segment);
      expect(run.counts).toMatchObject({
        ...{ read: segment.length, members: members.length, added: members.length },
        ...{ duplicates, ambiguous: ambiguous.length },
      });
      const delta = await rows<{ key: string; membership: string; attributes: string | null }>(
        world.state,
        `select key, membership, attributes from delta_${run.run} order by key`,
      );
      expect(delta).toEqual(
        members.map((key) => ({
          ...{ key, membership: 'added', attributes: ambiguous.includes(key) ? null : 'fresh' },
        })),
      );
      const told = await rows<{ key: string; reason: string }>(
        world.state,
        'select key, reason from rejects where run = ? order by key',
        [run.run],
      );
      expect(told).toEqual(ambiguous.map((key) => ({ key, reason: 'AmbiguousValues' })));
      // The list of an ambiguous member holds one of the identifiers that its rows have.
      const staged = await rows<{ key: string; identifier: string }>(
        world.state,
        `select key, identifier from ${run.stage}`,
      );
      for (const { key, identifier } of staged) {
        expect(segment.filter((row) => row.key === key).map((row) => row.identifier)).toContain(identifier);
      }
    }),
    { numRuns: 60 },
  );
});

test('which of several identifiers an ambiguous member has does not depend on the order of its rows', async () => {
  const row = (identifier: string, value: string) => ({ key: 'a', identifier, values: [value, null, null] });
  const segment = [row('i2', '1'), row('i1', '2'), row('i3', '3')];
  for (const order of [segment, segment.toReversed()]) {
    const run = await planned(world, definitionFor(newActivation(), OWN_IDENTIFIER), order);
    expect(await rows(world.state, `select identifier, hashes from ${run.stage}`)).toEqual([
      { identifier: 'i1', hashes: null },
    ]);
  }
});
