import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalKey } from '../../activation/keys/canonical.ts';
import { unescapeCopy } from '../../activation/values/copy.ts';
import { copyLines, definitionFor, encoderFor, type SegmentRow } from './support.ts';

const EMAIL = { matchingKey: { column: 'email', type: 'email', attribute: 'emailAddress' } };
const OWN_IDENTIFIER = { list: { identifier: { column: 'card', attribute: 'cardNumber' } } };
const SEED = '-1234567890123456789';

type Changes = Parameters<typeof definitionFor>[1];

function encode(segment: SegmentRow[], changes: Changes = {}, seed = SEED) {
  const definition = definitionFor('vip', changes);
  const rejects: { key: string; reason: string }[] = [];
  const encoder = encoderFor(definition, seed, (key, reason) => rejects.push({ key, reason }));
  const text = encoder.encode(copyLines(segment, definition)).toString();
  const lines = text.split('\n').slice(0, -1);
  const fields = lines.map((line) => line.split('\t').map(unescapeCopy));
  const rows = fields.map(([key, identifier, hashes, ...values]) => ({ key, identifier, hashes, values }));
  return {
    rows,
    rejects,
    fingerprint: encoder.fingerprint(),
    read: encoder.read,
    rejected: encoder.rejected,
  };
}

const textArb = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.stringMatching(/^[\\\t\n\r\vNtn"; ]{0,6}$/),
  fc.constantFrom('\\N', '\\', '\\\\', '\\t', ''),
);
const valuesArb = fc.array(fc.option(textArb), { minLength: 3, maxLength: 3 });
const keyArb = fc.oneof(fc.stringMatching(/^[A-Za-z0-9\\ é]{0,8}$/), fc.constantFrom('\\N', 'a\\b', ' x '));
const rowArb = fc.record({ key: fc.option(keyArb), values: valuesArb, identifier: fc.option(keyArb) });
const noNul = (rows: SegmentRow[]) => !JSON.stringify(rows).includes('\\u0000');
const segmentArb = fc.array(rowArb, { maxLength: 12 }).filter(noNul);

test('reading the stage back gives the keys in canonical form and the values of the source', () => {
  fc.assert(
    fc.property(segmentArb, (segment) => {
      const { rows, rejects, read, rejected } = encode(segment);
      const usable = segment.flatMap(({ key, values }) => {
        const canonical = canonicalKey({ type: 'externalId' }, key);
        return 'key' in canonical ? [{ key: canonical.key, identifier: null, values }] : [];
      });
      expect(rows.map(({ key, identifier, values }) => ({ key, identifier, values }))).toEqual(usable);
      expect({ read, rejected }).toEqual({ read: segment.length, rejected: segment.length - usable.length });
      expect(rejects).toHaveLength(rejected);
    }),
    { numRuns: 500 },
  );
});

test('a list identifier of its own is read like an external id, and a row without one is rejected', () => {
  fc.assert(
    fc.property(segmentArb, (segment) => {
      const { rows } = encode(segment, OWN_IDENTIFIER);
      const usable = segment.flatMap(({ key, identifier }) => {
        const [k, i] = [
          canonicalKey({ type: 'externalId' }, key),
          canonicalKey({ type: 'externalId' }, identifier ?? null),
        ];
        return 'key' in k && 'key' in i ? [{ key: k.key, identifier: i.key }] : [];
      });
      expect(rows.map(({ key, identifier }) => ({ key, identifier }))).toEqual(usable);
    }),
  );
});

test('long lines and many lines pass through whole', () => {
  const long = 'x\\'.repeat(50_000);
  const segment = Array.from({ length: 300 }, (_, no) => ({ key: `K${no}`, values: [`${no}`, null, '\t'] }));
  const { rows } = encode([{ key: 'long', values: [long, long, null] }, ...segment]);
  expect(rows).toHaveLength(301);
  expect(rows[0]!.values).toEqual([long, long, null]);
  expect(rows[300]).toMatchObject({ key: 'K299', values: ['299', null, '\t'] });
});

test('spellings of one address are one key', () => {
  const values = ['1', '2', '3'];
  const { rows } = encode(
    [
      { key: '  Anna@Shop.BE', values },
      { key: 'anna@shop.be', values },
    ],
    EMAIL,
  );
  expect(rows[0]!.key).toBe('anna@shop.be');
  expect(rows[0]).toEqual(rows[1]);
});

test('a row with an unusable key is rejected with what the source said and why', () => {
  const values = [null, null, null];
  const { rows, rejects } = encode(
    [
      { key: 'no address', values },
      { key: null, values },
      { key: ' ', values },
    ],
    EMAIL,
  );
  expect(rows).toEqual([]);
  expect(rejects).toEqual([
    { key: 'no address', reason: 'KeyMalformed' },
    { key: '', reason: 'KeyMissing' },
    { key: ' ', reason: 'KeyMissing' },
  ]);
});

test('a line with too few or too many fields is an error, never a shifted row', () => {
  const encoder = encoderFor(definitionFor('vip'), SEED);
  expect(() => encoder.encode(Buffer.from('k\t1\t2\n'))).toThrow('3 fields instead of 4');
  expect(() => encoder.encode(Buffer.from('k\t1\t2\t3\t4\n'))).toThrow('5 fields instead of 4');
  expect(() => encoder.encode(Buffer.from('k\t1\t2\t3'))).toThrow();
});

const SEGMENT = [
  { key: 'a', values: ['1', null, '3'], identifier: 'ia' },
  { key: 'b', values: ['1', '2', '3'], identifier: 'ib' },
];

test('the fingerprint does not depend on the order of the rows, nor on how they are cut into batches', () => {
  fc.assert(
    fc.property(
      segmentArb.chain((rows) =>
        fc.tuple(
          fc.constant(rows),
          fc.shuffledSubarray(rows, { minLength: rows.length }),
          fc.nat(rows.length),
        ),
      ),
      ([rows, shuffled, cut]) => {
        const definition = definitionFor('vip');
        const inTwo = encoderFor(definition, SEED);
        for (const part of [shuffled.slice(0, cut), shuffled.slice(cut)])
          inTwo.encode(copyLines(part, definition));
        expect(inTwo.fingerprint()).toBe(encode(rows).fingerprint);
      },
    ),
  );
});

test('the fingerprint changes with every value, key and row', () => {
  const before = encode(SEGMENT).fingerprint;
  const [first, second] = [SEGMENT[0]!, SEGMENT[1]!];
  const others: SegmentRow[][] = [
    [first],
    [first, second, second],
    [{ ...first, key: 'c' }, second],
    [{ ...first, values: ['1', '', '3'] }, second],
    [{ ...first, values: ['1', '3', null] }, second],
    [{ ...first, values: [null, '1', '3'] }, second],
    [
      { ...first, key: 'b' },
      { ...second, key: 'a' },
    ],
    [],
  ];
  const prints = others.map((segment) => encode(segment).fingerprint);
  expect(new Set([before, ...prints]).size).toBe(others.length + 1);
});

test('the fingerprint changes with the list identifier', () => {
  const other = [{ ...SEGMENT[0]!, identifier: 'other' }, SEGMENT[1]!];
  expect(encode(other, OWN_IDENTIFIER).fingerprint).not.toBe(encode(SEGMENT, OWN_IDENTIFIER).fingerprint);
});

test('the fingerprint and all hashes change with a mapping option, the target and the seed', () => {
  const attributes = (nulls: string, last: string) =>
    ['a', 'b', last].map((attribute, i) => ({ column: 'abc'[i], attribute, nulls }));
  const variants: [Changes, string?][] = [
    [{ attributes: attributes('keep', 'c') }],
    [{ attributes: attributes('clear', 'c') }],
    [{ attributes: attributes('keep', 'd') }],
    [
      {
        attributes: attributes('keep', 'c'),
        matchingKey: { column: 'id', type: 'externalId', attribute: 'other' },
      },
    ],
    [{ attributes: attributes('keep', 'c') }, '1'],
  ];
  const prints = variants.map(([changes, seed]) => encode(SEGMENT, changes, seed).fingerprint);
  expect(new Set(prints).size).toBe(variants.length);

  const tables = ['Profiles', 'Other'].map((profileTable) => {
    const definition = definitionFor('vip', {}, { profileTable });
    const encoder = encoderFor(definition, SEED);
    encoder.encode(copyLines(SEGMENT, definition));
    return encoder.fingerprint();
  });
  expect(new Set(tables).size).toBe(2);
});
