import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listedKeys, previewed, wholeRow, wholeRows, type Shown, type Values } from '../observing.ts';
import { goodRun } from '../sending.ts';
import { definitionFor, freshState, newActivation, type SegmentRow, type StateWorld } from '../support.ts';
import { repeats } from '../../setup/repeats.ts';

/* Rows of one key in every order: the result must not depend on it. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const withCards = () =>
  definitionFor(newActivation(), { list: { identifier: { column: 'card', attribute: 'cardNumber' } } });
const row = (identifier: string, first: string | null, key = 'x'): SegmentRow => ({
  key,
  identifier,
  values: [first, '2', '3'],
});
const OTHER = row('o1', '1', 'other');

/** All orders of some rows. */
function permutations<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  );
}

const MULTISETS: { what: string; copies: SegmentRow[]; ambiguous: number; smallest: string }[] = [
  { what: 'two equal rows', copies: [row('i1', '1'), row('i1', '1')], ambiguous: 0, smallest: 'i1' },
  {
    what: 'three equal rows, one with a key that is spelled differently',
    copies: [row('i1', '1'), row('i1', '1', ' x '), row('i1', '1')],
    ambiguous: 0,
    smallest: 'i1',
  },
  { what: 'two values', copies: [row('i1', '1'), row('i1', '5')], ambiguous: 1, smallest: 'i1' },
  { what: 'a value and none', copies: [row('i1', '1'), row('i1', null)], ambiguous: 1, smallest: 'i1' },
  { what: 'two identifiers', copies: [row('i2', '1'), row('i10', '1')], ambiguous: 1, smallest: 'i10' },
  { what: 'two of both', copies: [row('i2', '1'), row('i1', '5')], ambiguous: 1, smallest: 'i1' },
  {
    what: 'two equal rows and another one',
    copies: [row('i2', '1'), row('i2', '1'), row('i1', '5')],
    ambiguous: 1,
    smallest: 'i1',
  },
  {
    what: 'two equal rows and another value',
    copies: [row('i1', '1'), row('i1', '1'), row('i1', '5')],
    ambiguous: 1,
    smallest: 'i1',
  },
  {
    what: 'three different rows',
    copies: [row('i2', '1'), row('I3', '5'), row('i1', null)],
    ambiguous: 1,
    smallest: 'I3', // in byte order
  },
];

/** What was confirmed and delivered of the member before. */
const BEFORE: { before: string; known: SegmentRow | null }[] = [
  { before: 'unknown', known: null },
  { before: 'known with one of the rows', known: row('i1', '1') },
  { before: 'known with another row', known: row('i9', '9') },
];

const CASES = MULTISETS.flatMap((multiset) => BEFORE.map((before) => ({ ...multiset, ...before })));

test.each(CASES)(
  'every order of $what of a member who is $before gives the same plan',
  async ({ copies, ambiguous, smallest, known }) => {
    const definition = withCards();
    if (known) await goodRun(world, definition, [known, OTHER]);
    const orders = permutations(copies).flatMap((order) => [
      [...order, OTHER],
      [order[0]!, OTHER, ...order.slice(1)],
    ]);
    const seen: Shown[] = [];
    for (const order of orders) seen.push(await previewed(world, definition, order));
    for (const each of seen) expect(each).toEqual(seen[0]);

    const isDue = ambiguous === 0 && JSON.stringify(known?.values) !== JSON.stringify(copies[0]!.values);
    expect(seen[0]).toMatchObject({
      list: [smallest, 'o1'].sort(),
      sends: wholeRows([...(isDue ? [{ ...copies[0]!, key: 'x' }] : []), ...(known ? [] : [OTHER])]),
    });
    expect(seen[0]!.counts).toMatchObject({
      read: copies.length + 1,
      duplicates: copies.length - 1,
      ambiguous,
      members: 2,
      added: known ? 0 : 2,
      removed: 0,
    });
  },
);

test.each(MULTISETS)(
  'once $what are delivered in one order, no other order changes anything',
  async ({ copies, ambiguous, smallest }) => {
    const definition = withCards();
    const orders = permutations(copies);
    await goodRun(world, definition, [...orders[0]!, OTHER]);
    expect(await listedKeys(world, definition)).toEqual(['other', 'x']);
    for (const order of orders) {
      const run = await goodRun(world, definition, [OTHER, ...order]);
      expect(run.plan).toMatchObject({ push: null, toSend: 0 });
      expect(run.counts).toMatchObject({
        added: 0,
        removed: 0,
        changed: 0,
        unchanged: 2,
        members: 2,
        duplicates: copies.length - 1,
        ambiguous,
      });
      const seen = await previewed(world, definition, [OTHER, ...order]);
      expect(seen.list).toEqual([smallest, 'o1'].sort());
    }
  },
);

test('a member who was ambiguous for a while is sent only if the values differ from the confirmed ones', async () => {
  const definition = withCards();
  const [one, two] = [row('i1', '1'), row('i2', '5')];
  await goodRun(world, definition, [one]);
  await goodRun(world, definition, [one, two]);
  const { sends, push, list } = await previewed(world, definition, [one]);
  expect({ sends, push, list }).toEqual({ sends: [], push: null, list: ['i1'] });
  expect((await previewed(world, definition, [two])).sends).toEqual([wholeRow(two)]);
});

test('a member who entered as ambiguous is sent once the rows agree', async () => {
  const definition = withCards();
  const [one, two] = [row('i1', '1'), row('i2', '5')];
  await goodRun(world, definition, [one, two]);
  expect(await previewed(world, definition, [two])).toMatchObject({ sends: [wholeRow(two)], list: ['i2'] });
});

const rowsArb = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    identifier: fc.constantFrom('i1', 'i2'),
    values: fc.constantFrom<Values>(['1', '2', '3'], [null, '2', '3'], ['1', '2', null]),
  }),
  { maxLength: 7 },
);
/** Some rows in two orders. */
const ordersArb = rowsArb.chain((rows) =>
  fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length, maxLength: rows.length })),
);

test('two orders of any rows give the same plan in any state, and after one of them the other changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(ordersArb, { minLength: 1, maxLength: 4 }), async (steps) => {
      const definition = withCards();
      for (const [one, other] of steps) {
        const seen = await previewed(world, definition, one);
        expect(await previewed(world, definition, other)).toEqual(seen);
        await goodRun(world, definition, one);
        expect(await previewed(world, definition, other)).toMatchObject({
          push: null,
          sends: [],
          list: seen.list,
        });
      }
    }),
    { numRuns: repeats(25) },
  );
}, 180_000);
