import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rows } from '../../state/state.ts';
import { readPlanned, type PlannedRun } from '../../state/runs/runs.ts';
import { ambiguousKeys } from './diff-model.ts';
import { goodRun, planned } from './sending.ts';
import {
  definitionFor,
  extract,
  freshState,
  membersOf,
  newActivation,
  open,
  type CompareOptions,
  type SegmentRow,
  type StateWorld,
} from './support.ts';
import { repeats } from '../setup/repeats.ts';

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
const optionsArb: fc.Arbitrary<CompareOptions> = fc.record(
  {
    slots: fc.constantFrom(512, 16, 1),
    indexBits: fc.constantFrom(0, 7 << 29),
    batch: fc.integer({ min: 1, max: 4 }),
  },
  { requiredKeys: ['slots'] },
);

async function compared(
  definition: ReturnType<typeof definitionFor>,
  segment: SegmentRow[],
  options: CompareOptions,
): Promise<PlannedRun> {
  const run = await open(world, definition, { dryRun: true });
  await extract(world, run, segment, options);
  return readPlanned(world.state, run.run);
}

const rejectsOf = (run: string) =>
  rows<{ key: string; reason: string }>(
    world.state,
    'select key, reason from rejects where run = ? order by key',
    [run],
  );

test('equal rows are one member; rows that differ are on the list, and none of their attributes are sent', async () => {
  await fc.assert(
    fc.asyncProperty(segmentArb, optionsArb, async (segment, options) => {
      const run = await compared(definitionFor(newActivation(), OWN_IDENTIFIER), segment, options);
      const members = [...new Set(segment.map(({ key }) => key))].sort();
      const ambiguous = ambiguousKeys(segment);
      expect(run.counts).toMatchObject({
        read: segment.length,
        members: members.length,
        added: members.length,
        duplicates: segment.length - members.length,
        ambiguous: ambiguous.length,
      });
      const delta = await rows<{ key: string; identifier: string }>(
        world.state,
        `select key, identifier, membership, attributes from ${run.delta} order by key`,
      );
      expect(delta).toEqual(
        members.map((key) => ({
          key,
          membership: 'added',
          attributes: ambiguous.includes(key) ? null : 'fresh',
          identifier: segment.flatMap((row) => (row.key === key ? [row.identifier] : [])).sort()[0],
        })),
      );
      expect(await rejectsOf(run.run)).toEqual(ambiguous.map((key) => ({ key, reason: 'AmbiguousValues' })));
    }),
    { numRuns: repeats(60) },
  );
});

test('the delta does not depend on the order of rows, whatever is known of their members', async () => {
  await fc.assert(
    fc.asyncProperty(
      segmentArb,
      segmentArb.chain((rows) =>
        fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
      ),
      optionsArb,
      async (before, [segment, shuffled], options) => {
        const definition = definitionFor(newActivation(), {
          ...OWN_IDENTIFIER,
          removal: { after: '2 runs' },
        });
        await goodRun(world, definition, before);
        const [one, other] = [
          await compared(definition, segment, {}),
          await compared(definition, shuffled, options),
        ];
        expect(other.plan).toEqual(one.plan);
        expect(other.counts).toEqual(one.counts);
        const [itsDelta, otherDelta] = await Promise.all(
          [one, other].map(({ delta }) => rows(world.state, `select * from ${delta} order by mark`)),
        );
        expect(otherDelta).toEqual(itsDelta);
        expect(await rejectsOf(other.run)).toEqual(await rejectsOf(one.run));
      },
    ),
    { numRuns: repeats(60) },
  );
}, 60_000);

test('which of several identifiers an ambiguous member has does not depend on the order of its rows', async () => {
  const row = (identifier: string, value: string) => ({ key: 'a', identifier, values: [value, null, null] });
  const segment = [row('i2', '1'), row('i1', '2'), row('i3', '3')];
  for (const order of [segment, segment.toReversed()]) {
    const run = await planned(world, definitionFor(newActivation(), OWN_IDENTIFIER), order);
    expect(await rows(world.state, `select identifier, hashes from ${run.delta}`)).toEqual([
      { identifier: 'i1', hashes: null },
    ]);
  }
});

test('a member whose rows begin to contradict each other keeps what Actito confirmed', async () => {
  const definition = definitionFor(newActivation());
  const row = (value: string) => ({ key: 'anna', values: [value, '2', '3'] });
  await goodRun(world, definition, [row('1')]);
  const before = await membersOf(world, definition.activation.id);
  await goodRun(world, definition, [row('x'), row('y'), row('1')]);
  expect(await membersOf(world, definition.activation.id)).toEqual(before);
  expect((await planned(world, definition, [row('1')])).plan).toMatchObject({ push: null, toSend: 0 });
});
