import { Int64, Utf8, vectorFromArray } from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NOT_TEXT } from '../../activation/values/text.ts';
import { ArrowUnreadable, checkSchema, encodeBatch, Encoder } from '../../warehouse/bigquery/arrow.ts';
import type { Field } from '../../warehouse/bigquery/kinds.ts';
import { JsonLines } from '../../warehouse/copy/json-lines.ts';
import { LineWriter } from '../../warehouse/copy/lines.ts';
import { messages } from './arrow-messages.ts';

type Rows = (string | null)[][];

const COLUMNS = 3;
const FIELDS: Field[] = Array.from({ length: COLUMNS }, (_, i) => ({ name: `c${i}`, type: 'STRING' }));
const value = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(null, '', '\\N', '\0', 'tab\tnew\nline\\', '"', '{"f":[{"v":null}]}'),
  },
);
const table = fc.array(fc.array(value, { minLength: COLUMNS, maxLength: COLUMNS }), { maxLength: 30 });

/** What LineWriter makes of rows, value by value. */
function linesOf(rows: Rows): string {
  const writer = new LineWriter();
  for (const row of rows) {
    row.forEach((each) => writer.field(each));
    writer.endLine();
  }
  return writer.take().toString();
}

const taken = (encoder: Encoder, batches: Iterable<Buffer>) =>
  [...batches].map(String).join('') + encoder.writer.take().toString();

describe('a page of query results', () => {
  const page = (rows: Rows) => ({
    kind: 'bigquery#getQueryResultsResponse',
    schema: { fields: [{ name: 'rows', type: 'STRING' }] },
    totalRows: String(rows.length),
    rows: rows.map((row) => ({ f: row.map((v) => ({ v })) })),
    pageToken: 'next"\\',
    jobComplete: true,
  });

  function parse(bytes: Buffer, cuts: number[] = []) {
    const encoder = new JsonLines(
      FIELDS.map(() => undefined),
      () => new Error('unreadable'),
      'objects',
    );
    const places = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
    let lines = '';
    places.slice(1).forEach((end, i) => {
      for (const batch of encoder.push(bytes.subarray(places[i], end))) lines += batch.toString();
    });
    const rest = encoder.endDocument() as { pageToken?: string };
    lines += encoder.take().toString();
    return { lines, rest };
  }

  test('gives the same lines wherever its pieces are cut, with blanks or without', () => {
    fc.assert(
      fc.property(table, fc.array(fc.nat(), { maxLength: 20 }), fc.boolean(), (rows, cuts, isPretty) => {
        const { lines, rest } = parse(Buffer.from(JSON.stringify(page(rows), null, isPretty ? 2 : 0)), cuts);
        expect(lines).toBe(linesOf(rows));
        expect(rest.pageToken).toBe('next"\\');
      }),
    );
  });

  test('is not complete if its end is missing', () => {
    const json = Buffer.from(JSON.stringify(page([['a', 'b', 'c']])));
    for (let end = 0; end < json.length; end++)
      expect(() => parse(json.subarray(0, end))).toThrow('unreadable');
  });

  test.each([
    ['a number as a value', '{"rows":[{"f":[{"v":1},{"v":"b"},{"v":"c"}]}]}'],
    ['too few values', '{"rows":[{"f":[{"v":"a"},{"v":"b"}]}]}'],
    ['too many values', '{"rows":[{"f":[{"v":"a"},{"v":"b"},{"v":"c"},{"v":"d"}]}]}'],
    ['another member in a row', '{"rows":[{"g":[{"v":"a"},{"v":"b"},{"v":"c"}]}]}'],
    ['an object as a value', '{"rows":[{"f":[{"v":{"f":[]}},{"v":"b"},{"v":"c"}]}]}'],
    ['HTML', '<html><body>Bad gateway</body></html>'],
    ['a second object', '{"rows":[]}{"rows":[]}'],
    ['a text with an unknown escape', String.raw`{"rows":[{"f":[{"v":"\x"},{"v":"b"},{"v":"c"}]}]}`],
  ])('with %s is unreadable', (_, json) => {
    expect(() => parse(Buffer.from(json))).toThrow('unreadable');
  });

  test('with bytes that are not UTF-8 has a marked value', () => {
    const bytes = Buffer.from('{"rows":[{"f":[{"v":"a"},{"v":"b"},{"v":"\xe9"}]}]}', 'latin1');
    expect(parse(bytes).lines).toBe(`a\tb\t\ufffd${NOT_TEXT}\n`);
  });
});

describe('a record batch of Arrow', () => {
  const ofRows = (rows: Rows) =>
    messages(
      Object.fromEntries(
        FIELDS.map(({ name }, i) => [
          name,
          vectorFromArray(
            rows.map((row) => row[i]),
            new Utf8(),
          ),
        ]),
      ),
    );
  const names = FIELDS.map(({ name }) => name);

  test('gives the lines of its rows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(value, { minLength: COLUMNS, maxLength: COLUMNS }), {
          minLength: 1,
          maxLength: 30,
        }),
        (rows) => {
          const [schema, batch] = ofRows(rows);
          checkSchema(schema, names);
          const encoder = new Encoder(FIELDS);
          expect(taken(encoder, encodeBatch(batch, encoder))).toBe(linesOf(rows));
          expect(encoder.writer.lines).toBe(rows.length);
        },
      ),
    );
  });

  test('with other columns than ours is unreadable', () => {
    const [schema] = ofRows([['a', 'b', 'c']]);
    expect(() => checkSchema(schema, ['c0', 'c2', 'c1'])).toThrow(ArrowUnreadable);
    expect(() => checkSchema(schema, ['c0', 'c1'])).toThrow(ArrowUnreadable);
    const [numbers] = messages({ c0: vectorFromArray([1n], new Int64()) });
    expect(() => checkSchema(numbers, ['c0'])).toThrow(ArrowUnreadable);
  });

  test('whose lengths are damaged is unreadable, and needs no memory', () => {
    const [, batch] = ofRows([['a', null, 'é']]);
    for (let at = 0; at + 4 <= batch.length; at++) {
      const damaged = Buffer.from(batch).fill(0xff, at, at + 4);
      const encoder = new Encoder(FIELDS);
      try {
        expect(taken(encoder, encodeBatch(damaged, encoder)).length).toBeLessThan(1_000);
      } catch (error) {
        expect(error).toBeInstanceOf(ArrowUnreadable);
      }
    }
  });

  test('that is damaged or cut is unreadable, or has as many rows as it says', () => {
    const [, batch] = ofRows(Array.from({ length: 20 }, (_, i) => [`a${i}`, null, 'é'.repeat(i)]));
    fc.assert(
      fc.property(fc.nat(batch.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        for (const damaged of [batch.subarray(0, at), Buffer.from(batch).fill(byte, at, at + 1)]) {
          const encoder = new Encoder(FIELDS);
          try {
            const lines = taken(encoder, encodeBatch(damaged, encoder));
            expect(lines.match(/\n/g)?.length ?? 0).toBe(encoder.writer.lines);
          } catch (error) {
            expect(error).toBeInstanceOf(ArrowUnreadable);
          }
        }
      }),
    );
  });

  test('whose offsets cut a character marks both values', () => {
    const [, batch] = ofRows([
      ['é', 'b', 'c'],
      ['x', 'b', 'c'],
    ]);
    const shifted = Buffer.from(batch);
    const offsets = Buffer.from(Int32Array.from([0, 2, 3]).buffer);
    const at = shifted.indexOf(offsets);
    shifted.writeInt32LE(1, at + 4);
    const encoder = new Encoder(FIELDS);
    expect(
      taken(encoder, encodeBatch(shifted, encoder))
        .split('\n')
        .map((line) => line.split('\t')[0]),
    ).toEqual(['\ufffd\uffff', '\ufffdx\uffff', '']);
  });
});
