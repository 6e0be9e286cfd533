import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { hashWithin } from '../../../activation/comparison/hash.ts';
import { SourceLines } from '../../../activation/comparison/source-lines.ts';
import { canonicalKey } from '../../../activation/keys/canonical.ts';
import { unescapeCopy } from '../../../activation/values/copy.ts';
import { compare, copyField, copyLines, definitionFor, OWN_IDENTIFIER, type Row } from './support.ts';

vi.setConfig({ testTimeout: 60_000 }); // many small runs, on machines that do other things as well

const EMAIL = { matchingKey: { column: 'email', type: 'email', attribute: 'emailAddress' } };
const phoneOf = (country: string) => ({
  matchingKey: { column: 'phone', type: 'phone', attribute: 'mobile', defaultCountry: country },
  attributes: [],
});

const textArb = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.stringMatching(/^[\\\t\n\r\vNtn"; ]{0,6}$/),
  fc.constantFrom('\\N', '\\', '\\\\', '\\t', ''),
);
const keyArb = fc.oneof(fc.stringMatching(/^[A-Za-z0-9\\ é]{0,8}$/), fc.constantFrom('\\N', 'a\\b', ' x '));
const rowArb = fc.record({
  key: fc.option(keyArb),
  values: fc.array(fc.option(textArb), { minLength: 3, maxLength: 3 }),
  identifier: fc.option(keyArb),
});
const canonical = (text: string | null | undefined) => {
  const found = canonicalKey({ type: 'externalId' }, text ?? null);
  return 'key' in found ? found.key : null;
};
/** Rows of different keys: none is another one's duplicate. */
const segmentArb = fc.uniqueArray(rowArb, { maxLength: 12, selector: ({ key }) => canonical(key) ?? {} });
const byKey = <T extends { key: string | null }>(rows: T[]) =>
  rows.toSorted((a, b) => (a.key! < b.key! ? -1 : 1));

describe('lines of a segment', () => {
  test('reach the delta with canonical keys and the values of the source', async () => {
    await fc.assert(
      fc.asyncProperty(segmentArb, async (segment) => {
        const { delta, rejects, counts } = await compare(definitionFor(), segment);
        const usable = segment.flatMap(({ key, values }) =>
          canonical(key) === null ? [] : [{ key: canonical(key), identifier: null, values }],
        );
        const rows = delta.map(({ key, identifier, values }) => ({ key, identifier, values }));
        expect(byKey(rows)).toEqual(byKey(usable));
        expect(counts).toMatchObject({ read: segment.length, rejected: segment.length - usable.length });
        expect(rejects).toHaveLength(counts.rejected);
      }),
      { numRuns: 300 },
    );
  });

  test('have a list identifier that is read like an external id, and are rejected without one', async () => {
    await fc.assert(
      fc.asyncProperty(segmentArb, async (segment) => {
        const { delta, rejects } = await compare(definitionFor(OWN_IDENTIFIER), segment);
        const read = segment.map((row) => ({
          key: canonical(row.key),
          identifier: canonical(row.identifier),
        }));
        const usable = read.filter(({ key, identifier }) => key !== null && identifier !== null);
        expect(byKey(delta.map(({ key, identifier }) => ({ key, identifier })))).toEqual(byKey(usable));
        const lacking = read.filter(({ key, identifier }) => key !== null && identifier === null);
        expect(rejects.filter(({ reason }) => reason === 'IdentifierKeyMissing')).toHaveLength(
          lacking.length,
        );
      }),
    );
  });

  test('pass through complete, however long and however many they are', async () => {
    const long = 'x\\'.repeat(50_000);
    const segment = Array.from({ length: 300 }, (_, no) => ({
      key: `K${no}`,
      values: [`${no}`, null, '\t'],
    }));
    const { delta } = await compare(definitionFor(), [
      { key: 'long', values: [long, long, long] },
      ...segment,
    ]);
    expect(delta).toHaveLength(301);
    expect(delta[0]!.values).toEqual([long, long, long]);
    expect(delta[300]).toMatchObject({ key: 'K299', values: ['299', null, '\t'] });
  });

  test('are never cut at the end of the buffer of the delta', async () => {
    // The longest identifiers, many empty values and no attributes to send: much is written for little input.
    const attributes = Array.from({ length: 28 }, (_, no) => ({ column: `c${no}`, attribute: `c${no}` }));
    const definition = definitionFor({ ...OWN_IDENTIFIER, attributes });
    const values = attributes.map(() => '');
    const identifier = '𝒳'.repeat(255);
    for (let first = 1; first <= 255; first += 2) {
      const rows = Array.from({ length: 230 }, (_, no) => ({ key: `K${no}`, identifier, values }));
      rows[0]!.identifier = rows[1]!.identifier = '𝒳'.repeat(first);
      const members = rows.map((row) => ({ ...row, identifier: 'former', flags: 0 }));
      const { delta } = await compare(definition, rows, { members });
      expect(delta.map((row) => row.identifier)).toEqual(rows.map((row) => row.identifier));
    }
  });

  test('with several spellings of one address are one member', async () => {
    const values = ['1', '2', '3'];
    const { delta, counts } = await compare(definitionFor(EMAIL), [
      { key: '  Anna@Shop.BE', values },
      { key: 'anna@shop.be', values },
    ]);
    expect(delta.map(({ key }) => key)).toEqual(['anna@shop.be']);
    expect(counts).toMatchObject({ read: 2, duplicates: 1, ambiguous: 0 });
  });

  test('with an unusable key are rejected with the source text and the reason', async () => {
    const values = [null, null, null];
    const { delta, rejects } = await compare(definitionFor(EMAIL), [
      { key: 'no address', values },
      { key: null, values },
      { key: ' ', values },
      { key: 'a\\b', values },
    ]);
    expect(delta).toEqual([]);
    expect(rejects).toEqual([
      { key: 'no address', reason: 'KeyMalformed' },
      { key: '', reason: 'KeyMissing' },
      { key: ' ', reason: 'KeyMissing' },
      { key: 'a\\b', reason: 'KeyMalformed' },
    ]);
  });
});

describe('phone numbers', () => {
  const rowsOf = (numbers: (string | null)[]) => numbers.map((key): Row => ({ key, values: [] }));

  test('are stored in E.164, whatever their spelling', async () => {
    const numbers = ['+32475123456', '0475/12.34.56', '0032 475 12 34 56', null, '112', '+320475123456'];
    const { delta, rejects, counts } = await compare(definitionFor(phoneOf('BE')), rowsOf(numbers));
    expect(delta.map(({ key }) => key)).toEqual(['+32475123456']);
    expect(counts).toMatchObject({ read: 6, rejected: 2, duplicates: 3 });
    expect(rejects.map(({ reason }) => reason)).toEqual(['KeyMissing', 'KeyNotAPhoneNumber']);
  });

  test('have one mark, whether they are canonical in the warehouse or are converted', async () => {
    const marks = async (numbers: string[]) =>
      (await compare(definitionFor(phoneOf('BE')), rowsOf(numbers))).delta.map(({ mark }) => mark).sort();
    expect(await marks(['0475 12 34 56', '+3210458514'])).toEqual(
      await marks(['010 45 85 14', '+32475123456']),
    );
  });

  test('never exceed the delta, although every number of a batch gets a country code', async () => {
    // Niue has the shortest numbers there are: 4 digits become 8 characters.
    const numbers = Array.from({ length: 900 }, (_, no) => `4${String(no + 1).padStart(3, '0')}`);
    const { delta, rejects } = await compare(definitionFor(phoneOf('NU')), rowsOf(numbers));
    expect(rejects).toEqual([]);
    expect(new Set(delta.map(({ key }) => key))).toEqual(new Set(numbers.map((number) => `+683${number}`)));
  });
});

describe('SourceLines', () => {
  test('finds the fields of any line in a batch', () => {
    const segment: Row[] = [
      { key: 'k', identifier: ' i ', values: ['1', null, ''] },
      { key: 'é', identifier: 'a\\b', values: ['\t', '\\N', 'x\ny'] },
    ];
    const batch = copyLines(segment, definitionFor(OWN_IDENTIFIER));
    const lines = new SourceLines([{ type: 'externalId' }, { type: 'externalId' }], 3);
    const read = [];
    for (let at = 0; at < batch.length; at = lines.end) {
      lines.split(batch, at);
      expect(lines.canonicalize()).toBeUndefined();
      const text = ({ bytes, start, end }: typeof lines.key) =>
        unescapeCopy(bytes.toString('utf8', start, end));
      const values = [0, 1, 2].map((index) =>
        unescapeCopy(batch.toString('utf8', lines.valueAt(index), lines.valueAt(index + 1) - 1)),
      );
      read.push({ key: text(lines.key), identifier: text(lines.identifier), values });
      expect(lines.firstValue).toBe(lines.valueAt(0));
    }
    expect(read).toEqual([{ ...segment[0], identifier: 'i' }, segment[1]]);
  });

  test('a reference is read, and is no part of what is hashed, compared or put off', () => {
    const field = fc.option(textArb).map((text) => (text === null ? '\\N' : copyField(text)));
    const cells = fc.record({ key: fc.constantFrom('k', ' k ', 'é'), reference: fc.option(textArb), values: fc.array(field, { maxLength: 3 }) }); // prettier-ignore
    fc.assert(
      fc.property(cells, ({ key, reference, values }) => {
        const seen = [true, false].map((hasReference) => {
          const named = reference === null ? '\\N' : copyField(reference);
          const line = [key, ...(hasReference ? [named] : []), ...values].join('\t');
          const batch = Buffer.from(`${line}\n`);
          const lines = new SourceLines([{ type: 'externalId' }], values.length, [], hasReference);
          hashWithin(batch);
          lines.split(batch, 0);
          lines.canonicalize();
          const { referenceText } = lines;
          return {
            referenceText,
            line: lines.canonicalLine().toString(),
            values: values.length > 0 ? lines.hashValues(7n) : 0n,
          };
        });
        const [withOne, without] = seen;
        expect(withOne).toEqual({ ...without, referenceText: reference ?? '' });
      }),
    );
  });

  test('rejects a line with too few or too many fields, or without an end, since its fields would be shifted', () => {
    const split = (text: string) => () =>
      new SourceLines([{ type: 'externalId' }], 3).split(Buffer.from(text), 0);
    expect(split('k\t1\t2\n')).toThrow('3 fields instead of 4');
    expect(split('k\t1\t2\t3\t4\t5\n')).toThrow('6 fields instead of 4');
    expect(split('k\t1\t2\t3')).toThrow();
    expect(split('\n')).toThrow('1 field instead of 4');
    expect(split(`${copyField('a\tb')}\t1\t2\t3\n`)).not.toThrow();
  });

  test('works without values', () => {
    const lines = new SourceLines([{ type: 'externalId' }], 0);
    lines.split(Buffer.from('k\nlonger\n'), 2);
    lines.canonicalize();
    expect([lines.key.start, lines.key.end, lines.firstValue, lines.end]).toEqual([2, 8, 9, 9]);
  });
});
