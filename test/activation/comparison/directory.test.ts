import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AskedRows, type Profile } from '../../../activation/comparison/asked-rows.ts';
import { SlotBudget } from '../../../activation/comparison/budget.ts';
import { Comparison } from '../../../activation/comparison/comparison.ts';
import { seedsOf } from '../../../activation/comparison/marks.ts';
import { FLAG } from '../../../activation/comparison/slots.ts';
import { canonicalLinesOf } from '../../../activation/comparison/source-lines.ts';
import { openSpill } from '../../../state/delta/spill.ts';
import {
  compare,
  copyLines,
  definitionFor,
  SEED,
  type CompareOptions,
  type Member,
  type Row,
} from './support.ts';

/* The comparison of a list that the profile directory resolves. */

const RESOLVED = definitionFor({ list: { identifier: 'profileId' } });
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const;
const VALUES = ['1', '2', '3'];

const rowArb: fc.Arbitrary<Row> = fc
  .tuple(fc.constantFrom(...KEYS), fc.constantFrom('1', '1', 'x'))
  .map(([key, value]) => ({ key, values: [value, '2', '3'] }));
/** A member is listed with a profile, or waits; of either, the directory may know something else now. */
const memberArb = fc
  .tuple(
    fc.constantFrom(...KEYS),
    fc.constantFrom(0, FLAG.UNLISTED | FLAG.WAITING, FLAG.UNLISTED),
    fc.boolean(),
  )
  .map(([key, flags, isChanged]): Member => ({
    key,
    identifier: flags === 0 ? `p-${key}` : key,
    values: VALUES,
    flags: flags | (isChanged ? FLAG.PROFILE : 0),
  }));
const profileArb = fc.constantFrom<Profile[]>('none', 'several', { id: 'p-new' }, { id: 'p-other' });
const worldArb = fc.record({
  rows: fc.array(rowArb, { maxLength: 12 }),
  members: fc.uniqueArray(memberArb, { selector: ({ key }) => key }),
  profiles: fc
    .array(fc.tuple(fc.constantFrom(...KEYS), profileArb))
    .map((entries) => new Map<string, Profile>(entries)),
});
type World = typeof worldArb extends fc.Arbitrary<infer T> ? T : never;

/** The comparison of a world, with its delta in the order of keys and changes. */
async function compared({ rows, members, profiles }: World, every: number, options: CompareOptions = {}) {
  const { delta, counts } = await compare(RESOLVED, rows, {
    members,
    sameDirectory: true,
    directory: { profiles, every },
    ...options,
  });
  const shown = delta.map(
    ({ mark, key, membership, attributes, identifier, identifier_mark, former_mark, known }) =>
      JSON.stringify({ mark, key, membership, attributes, identifier, identifier_mark, former_mark, known }),
  );
  return { delta: shown.sort(), counts };
}

test('the result does not depend on memory, batches, or when the questions are answered', async () => {
  await fc.assert(
    fc.asyncProperty(
      worldArb,
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
      fc.constantFrom(1, 2, 100),
      fc.constantFrom(4_096, 40, 8),
      async (world, batches, every, slots) => {
        expect(await compared(world, every, { batches, slots })).toEqual(await compared(world, 1));
      },
    ),
    { numRuns: 300 },
  );
});

test('tables that go to disk while the last questions are answered do no harm', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 120 }),
      fc.integer({ min: 0, max: 60 }),
      fc.constantFrom(4, 16, 64, 128),
      fc.constantFrom(1, 3, 1000),
      async (rows, known, slots, every) => {
        const segment = Array.from({ length: rows }, (_, nth) => ({ key: `k${nth}`, values: VALUES }));
        const members = Array.from({ length: known }, (_, nth) => {
          const key = `k${nth * 2}`;
          return { key, identifier: `p-${key}`, values: VALUES, flags: nth % 3 ? 0 : FLAG.PROFILE };
        });
        const profiles = new Map<string, Profile>(
          segment.map(({ key }, nth) => [key, nth % 4 ? { id: `p-${key}` } : 'none']),
        );
        const world = { rows: segment, members, profiles };
        const large = await compared(world, 1);
        expect(await compared(world, every, { batches: [7], slots })).toEqual(large);
      },
    ),
    { numRuns: 200 },
  );
});

test('only new keys, unlisted members with a profile, and changed profiles are looked up', async () => {
  const member = (key: string, flags: number): Member => ({
    key,
    identifier: `p-${key}`,
    values: VALUES,
    flags,
  });
  const asked: string[] = [];
  const profiles = {
    get: (key: string) => {
      asked.push(key);
      return { id: `p-${key}` };
    },
  } as unknown as ReadonlyMap<string, Profile>;
  const members = [
    member('a', 0),
    member('b', FLAG.PROFILE),
    member('c', FLAG.UNLISTED | FLAG.WAITING),
    member('d', FLAG.UNLISTED | FLAG.WAITING | FLAG.PROFILE),
    member('e', FLAG.UNLISTED),
  ];
  const rows = KEYS.slice(0, 6).map((key) => ({ key, values: VALUES }));
  await compare(RESOLVED, rows, { members, sameDirectory: true, directory: { profiles, every: 1 } });
  expect(asked).toEqual(['b', 'd', 'e', 'f']);
});

test('a comparison that continues without its answers fails, instead of removing those members', async () => {
  const share = await new SlotBudget(512).open(512);
  const comparison = new Comparison({
    definition: RESOLVED,
    seeds: seedsOf(RESOLVED, [], SEED),
    resync: false,
    grace: false,
    wide: true,
    openSpill,
    share,
    onReject: () => undefined,
  });
  comparison.compare(copyLines([{ key: 'a', values: VALUES }], RESOLVED));
  expect(() => [...comparison.finish()]).toThrow('continued without the profiles');
  comparison.close();
});

test('rows with long values are looked up before they take much memory', () => {
  const asked = new AskedRows();
  const lines = canonicalLinesOf(RESOLVED.activation);
  const batch = copyLines([{ key: 'a', values: ['x'.repeat(1_000_000), '2', '3'] }], RESOLVED);
  let rows = 0;
  while (!asked.areMany) {
    lines.split(batch, 0);
    lines.canonicalize();
    asked.add(lines);
    rows++;
  }
  expect(rows).toBe(4);
});
