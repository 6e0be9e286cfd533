import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeRun } from '../../../state/runs/close.ts';
import { settleRun } from '../../../state/settle/settle.ts';
import { previewed, shown, type Values } from '../observing.ts';
import { deliver, goodRun } from '../sending.ts';
import { definitionFor, freshState, newActivation, type SegmentRow, type StateWorld } from '../support.ts';
import { goodUndo, plannedUndo } from '../undoing.ts';
import { ended } from '../../support/ended.ts';

/* The list contains another column than the key, and an undo changes nothing else. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const withCards = () =>
  definitionFor(newActivation(), { list: { identifier: { column: 'card', attribute: 'cardNumber' } } });
const row = (key: string, identifier: string, values: Values = ['1', '2', '3']): SegmentRow => ({
  key,
  identifier,
  values,
});
const linesOf = (segment: SegmentRow[]) => segment.map(({ identifier }) => identifier!).sort();

test('an undo of new identifiers delivers the former ones without attributes, and the next run restores the new ones', async () => {
  const definition = withCards();
  const [former, current] = [
    [row('anna', 'a1'), row('bob', 'b1')],
    [row('anna', 'a2'), row('bob', 'b1')],
  ];
  const first = await goodRun(world, definition, former);
  await goodRun(world, definition, current);

  const undo = await plannedUndo(world, definition, first.run);
  expect(await shown(world, undo)).toMatchObject({ sends: [], push: 'changed', list: ['a1', 'b1'] });
  expect(undo.counts).toMatchObject({ added: 0, removed: 0, changed: 0, members: 2 });
  await deliver(world, undo);
  await settleRun(world.state, undo);
  await closeRun(world.state, undo, null);
  expect((await plannedUndo(world, definition, first.run, { dryRun: true })).plan.push).toBeNull();

  const next = await previewed(world, definition, current);
  expect(next).toMatchObject({ sends: [], push: 'changed', list: ['a2', 'b1'] });
  expect(next.counts).toMatchObject({ added: 0, removed: 0, changed: 0, members: 2 });
  await goodRun(world, definition, current);
  expect(await previewed(world, definition, current)).toMatchObject({ sends: [], push: null });
});

test('after an undo, a segment that has the former identifiers again equals the list', async () => {
  const definition = withCards();
  const first = await goodRun(world, definition, [row('anna', 'a1')]);
  await goodRun(world, definition, [row('anna', 'a2')]);
  await goodUndo(world, definition, first.run);
  expect(await previewed(world, definition, [row('anna', 'a1')])).toMatchObject({ sends: [], push: null });
});

test('an undo that does not arrive keeps the new identifiers, and the next run delivers them for certain', async () => {
  const definition = withCards();
  const first = await goodRun(world, definition, [row('anna', 'a1')]);
  await goodRun(world, definition, [row('anna', 'a2')]);
  const undo = await plannedUndo(world, definition, first.run);
  await deliver(world, undo, { arrives: false });
  await settleRun(world.state, undo);
  await closeRun(world.state, undo, ended('failed'));
  const next = await previewed(world, definition, [row('anna', 'a2')]);
  expect(next).toMatchObject({ sends: [], push: 'repair', list: ['a2'] });
});

const KEYS = ['a', 'b', 'c'];
/** Always the same members; identifiers may move from one to another. */
const segmentArb = fc
  .tuple(
    ...KEYS.map((key) =>
      fc.record({
        key: fc.constant(key),
        identifier: fc.constantFrom('i1', 'i2', 'i3'),
        values: fc.constantFrom<Values>(['1', '2', '3'], ['9', '2', null]),
      }),
    ),
  )
  .map((rows): SegmentRow[] => rows);

test('an undo to any run restores its identifiers, and the next run delivers those of the segment', async () => {
  let changed = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(segmentArb, { minLength: 2, maxLength: 4 }),
      fc.array(fc.record({ to: fc.nat(), arrives: fc.boolean() }), { minLength: 1, maxLength: 3 }),
      async (segments, undos) => {
        const definition = withCards();
        const past: string[] = [];
        for (const segment of segments) past.push((await goodRun(world, definition, segment)).run);
        const current = segments.at(-1)!;
        for (const { to, arrives } of undos) {
          const target = segments[to % segments.length]!;
          const undo = await plannedUndo(world, definition, past[to % segments.length]!);
          const seen = await shown(world, undo);
          expect([seen.sends, seen.list]).toEqual([[], linesOf(target)]);
          expect(seen.counts).toMatchObject({ added: 0, removed: 0, changed: 0, members: KEYS.length });
          if (undo.plan.push) await deliver(world, undo, { arrives });
          await settleRun(world.state, undo);
          await closeRun(world.state, undo, ended(arrives ? 'succeeded' : 'failed'));
          if (undo.plan.push === 'changed') changed++;
        }
        const next = await goodRun(world, definition, current);
        expect(next.plan.toSend).toBe(0);
        expect(next.counts).toMatchObject({ added: 0, removed: 0, members: KEYS.length });
        const seen = await previewed(world, definition, current);
        expect(seen).toMatchObject({ sends: [], push: null, list: linesOf(current) });
      },
    ),
    { numRuns: 20 },
  );
  expect(changed).toBeGreaterThan(5);
}, 180_000);
