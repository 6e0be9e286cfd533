import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { seedsOf } from '../../../activation/comparison/marks.ts';
import { FLAG } from '../../../activation/comparison/slots.ts';
import { canonicalKey, type KeyType } from '../../../activation/keys/canonical.ts';
import { openSpill } from '../../../state/delta/spill.ts';
import { model, resolved } from './model.ts';
import {
  columnsOf,
  compare,
  definitionFor,
  OWN_IDENTIFIER,
  SEED,
  type CompareOptions,
  type DeltaRow,
  type Member,
  type Row,
} from './support.ts';

vi.setConfig({ testTimeout: 60_000 }); // many small runs, on machines that do other things as well

/** Spellings of few keys, so that rows meet; the last ones cannot be used. */
const SPELLINGS: Record<KeyType, (string | null)[]> = {
  externalId: ['a\\b', 'é', 'x y', ' x y ', '\u00a0é', '\\N', '7', '𝒳', null, ' ', 'a\tb', 'x'.repeat(256)],
  email: [
    'anna@shop.be',
    '  Anna@Shop.BE',
    'ANNA@shop.be ',
    "o'neil@x.org",
    'jan@exämple.be',
    'jan@EXÄMPLE.be',
    'jan@exa\u0308mple.be',
    null,
    '',
    'no address',
    'ä@shop.be',
    'a\\b@shop.be',
  ],
  phone: [
    '+32475123456',
    '0475/12.34.56',
    '0032 475 12 34 56',
    '+32 10 45 85 14',
    '010458514',
    null,
    '112',
    'x',
  ],
};
/** Additional keys that do not all fit into 50 slots. */
const plainKey: Record<KeyType, (no: number) => string> = {
  externalId: (no) => `K${no}`,
  email: (no) => `customer${no}@example.com`,
  phone: (no) => `+3247520${String(no).padStart(4, '0')}`,
};
const IDENTIFIERS = ['C1', ' C1', 'C2', 'C3', 'ü\\', 'Z', 'gone', 'x'.repeat(255), null, '\n'];
const VALUES = [null, '', ' ', '  ', '\u00a0', 'x', 'y', '12.5', '\\N', 'a\tb\n', 'é"'];

interface Case {
  type: KeyType;
  own: boolean;
  wide: boolean;
  attributes: ('keep' | 'clear')[];
  ignoresEmpty: boolean;
  rows: Row[];
  members: Member[];
  resync: boolean;
  grace: boolean;
  forgotten: string[] | null;
}

const keyArb = (type: KeyType) =>
  fc.oneof(fc.constantFrom(...SPELLINGS[type]), fc.nat(70).map(plainKey[type]));
const usable = (type: KeyType) => (text: string | null) => {
  const canonical = canonicalKey({ type, defaultCountry: type === 'phone' ? 'BE' : undefined }, text);
  return 'key' in canonical ? [canonical.key] : [];
};
const { UNLISTED, MISSING, OVER, RETRY, DOUBT } = FLAG;
const flagsArb = fc.oneof(
  fc.constant(0),
  fc.constantFrom(UNLISTED, UNLISTED | DOUBT, MISSING, MISSING | OVER, OVER),
  fc.constantFrom(RETRY, RETRY | MISSING, DOUBT, DOUBT | RETRY),
);

const caseArb: fc.Arbitrary<Case> = fc
  .record({
    type: fc.constantFrom<KeyType>('externalId', 'email', 'phone'),
    own: fc.boolean(),
    wasOwn: fc.boolean(),
    attributes: fc.array(fc.constantFrom('keep' as const, 'clear' as const), { maxLength: 3 }),
    ignoresEmpty: fc.boolean(),
    resync: fc.boolean(),
    grace: fc.boolean(),
  })
  .chain(({ wasOwn, ...shape }) => {
    const values = fc.array(fc.constantFrom(...VALUES), {
      minLength: shape.attributes.length,
      maxLength: shape.attributes.length,
    });
    const wide = shape.own || wasOwn;
    const row = fc.record({
      key: keyArb(shape.type),
      identifier: shape.own ? fc.constantFrom(...IDENTIFIERS) : fc.constant(null),
      values,
    });
    const memberArb = fc
      .record({
        key: keyArb(shape.type),
        identifier: fc.option(fc.constantFrom('C1', 'C2', 'ü\\', 'Z')),
        values,
        flags: flagsArb,
      })
      .map(({ key, identifier, ...rest }) =>
        usable(shape.type)(key).map((its) => ({
          key: its,
          identifier: wide ? (identifier ?? its) : its,
          ...rest,
        })),
      );
    const members = fc
      .array(memberArb, { maxLength: 80, size: 'max' })
      .map((all) => [...new Map(all.flat().map((member) => [member.key, member])).values()]);
    // As in practice, most rows equal the acknowledged ones.
    const rows = fc
      .tuple(fc.array(row, { maxLength: 80, size: 'max' }), members, fc.infiniteStream(fc.boolean()))
      .map(([others, all, coins]) => ({
        members: all,
        rows: [...others, ...all.filter(() => coins.next().value).map(({ flags: _, ...its }) => its)],
      }));
    const keys = fc
      .array(keyArb(shape.type), { maxLength: 12 })
      .map((all) => all.flatMap(usable(shape.type)));
    // No acknowledged identifier is among them: its member is erased before the next run.
    const forgotten = fc.option(keys.map((all) => [...all, 'gone', 'C3']));
    return fc
      .record({ both: rows, forgotten })
      .map(({ both, ...rest }) => ({ ...shape, wide, ...both, ...rest }));
  })
  .chain(({ rows, ...rest }) =>
    fc.shuffledSubarray(rows, { minLength: rows.length }).map((shuffled) => ({ ...rest, rows: shuffled })),
  );

const tuningArb: fc.Arbitrary<CompareOptions> = fc.record({
  slots: fc.constantFrom(50, 4_096),
  partitions: fc.constantFrom(1, 2, 4, 8),
  indexBits: fc.constantFrom(-1, 0, 1 << 31, 7 << 29),
  batches: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
  pieces: fc.integer({ min: 1, max: 400 }),
});

function prepared({ type, own, wide, attributes, ignoresEmpty, resync, grace, forgotten }: Case) {
  const definition = definitionFor(
    {
      matchingKey: {
        column: 'id',
        type,
        attribute: 'its',
        ...(type === 'phone' ? { defaultCountry: 'BE' } : {}),
      },
      attributes: attributes.map((nulls, index) => ({
        column: 'abc'[index],
        attribute: 'abc'[index],
        nulls,
      })),
      ...(own ? OWN_IDENTIFIER : {}),
    },
    ignoresEmpty ? { contract: { emptyValue: 'ignored' } } : {},
  );
  const seeds = seedsOf(definition, columnsOf(definition), SEED);
  const texts = forgotten ? new Set(forgotten) : undefined;
  return { definition, options: { seeds, wide, resync, grace, forgotten: texts } };
}

/** In any order; the upper bound of bytes has its own test. */
function sorted(delta: readonly DeltaRow[]): string[] {
  return delta.map((row) => JSON.stringify({ ...row, bytes: row.bytes === null ? null : 'some' })).sort();
}

test('a comparison finds what the design says, whatever fits into memory', async () => {
  await fc.assert(
    fc.asyncProperty(caseArb, tuningArb, async (its, tuning) => {
      const { definition, options } = prepared(its);
      const found = await compare(definition, its.rows, { ...tuning, ...options, members: its.members });
      const expected = model(definition, its.rows, its.members, options);
      const delta = resolved(found.delta, its.members, definition, options);
      expect(sorted(delta)).toEqual(sorted(expected.delta));
      expect(found.counts).toEqual(expected.counts);
      expect(found.listedSum).toBe(expected.listedSum);
      expect(found.rejects).toHaveLength(expected.counts.rejected);
    }),
    { numRuns: 300 },
  );
});

test('the order of rows, the batches and the budget make no difference', async () => {
  const reordered = caseArb.chain((its) =>
    fc.tuple(fc.constant(its), fc.shuffledSubarray(its.rows, { minLength: its.rows.length })),
  );
  await fc.assert(
    fc.asyncProperty(reordered, tuningArb, async ([its, rows], tuning) => {
      const { definition, options } = prepared(its);
      const once = await compare(definition, its.rows, { ...options, members: its.members });
      const again = await compare(definition, rows, { ...tuning, ...options, members: its.members });
      const deltas = [once, again].map(({ delta }) =>
        sorted(resolved(delta, its.members, definition, options)),
      );
      expect(deltas[1]).toEqual(deltas[0]);
      expect({ ...again, delta: [], rejects: [] }).toEqual({ ...once, delta: [], rejects: [] });
      expect(again.rejects.map((reject) => JSON.stringify(reject)).sort()).toEqual(
        once.rejects.map((reject) => JSON.stringify(reject)).sort(),
      );
    }),
    { numRuns: 200 },
  );
});

test('a segment equal to the acknowledged one writes nothing, even if most of it goes through temporary files', async () => {
  const definition = definitionFor();
  const values = ['long text '.repeat(20), null, '3'];
  const rows = Array.from({ length: 3_000 }, (_, no) => ({ key: `K${no}`, values }));
  const members = rows.map((row) => ({ ...row, identifier: row.key, flags: 0 }));
  let written = 0;
  const countingSpill = () => {
    const spill = openSpill();
    return { ...spill, write: (bytes: Uint8Array) => ((written += bytes.length), spill.write(bytes)) };
  };
  const { delta, counts } = await compare(definition, rows, {
    members,
    slots: 256,
    openSpill: countingSpill,
  });
  expect(delta).toEqual([]);
  expect(counts).toMatchObject({ read: 3_000, listed: 3_000, duplicates: 0 });
  expect(written).toBeGreaterThan(300_000);
});

test('a forgotten person is recognized by the key itself, not by its spelling in COPY text', async () => {
  const definition = definitionFor(OWN_IDENTIFIER);
  const values = ['1', '2', '3'];
  const rows = [
    { key: 'a\\b', identifier: 'C1', values },
    { key: 'c', identifier: 'C\\2', values },
    { key: 'd', identifier: 'C3', values },
  ];
  const forgotten = new Set(['a\\b', 'C\\2']);
  const { delta, counts } = await compare(definition, rows, { forgotten });
  expect(delta.map(({ key }) => key)).toEqual(['d']);
  expect(counts).toMatchObject({ read: 3, forgotten: 2 });
});
