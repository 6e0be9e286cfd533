import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ColumnKind } from '../../activation/values/kinds.ts';
import { NOT_TEXT } from '../../activation/values/text.ts';
import { conversionFor, type Conversion } from '../../warehouse/copy/conversions.ts';
import { JsonLines } from '../../warehouse/copy/json-lines.ts';
import { LineWriter } from '../../warehouse/copy/lines.ts';
import { valueText } from '../../warehouse/copy/values.ts';

const unreadable = () => new Error('unreadable');

/** Encodes documents, each in parts of a size; returns the lines and what else is in the documents. */
function encode(documents: (string | Buffer)[], columns: number, size = 7, first?: Conversion) {
  const conversions = Array.from({ length: columns }, (_, at) => (at === 0 ? first : undefined));
  const encoder = new JsonLines(conversions, unreadable);
  const batches: string[] = [];
  const rest = documents.map((document) => {
    const bytes = Buffer.from(document);
    for (let at = 0; at < bytes.length; at += size)
      for (const lines of encoder.push(bytes.subarray(at, at + size))) batches.push(lines.toString());
    return encoder.endDocument();
  });
  batches.push(encoder.take().toString());
  return { text: batches.join(''), batches, rest, lines: encoder.lines };
}

/** What the other drivers write for the same rows. */
function written(rows: (string | null)[][]): string {
  const writer = new LineWriter();
  for (const row of rows) {
    for (const value of row) writer.field(value);
    writer.endLine();
  }
  return writer.take().toString();
}

const wellFormed = fc.string({ unit: 'binary', maxLength: 40 });
const value = fc.oneof(
  wellFormed,
  fc.constantFrom('\0', '\\N', '\\', '"', '\t\n\r\b\f\v', '🎈/', ''),
  fc.constant(null),
);

/** Every character as \uXXXX. */
function escaped(text: string | null): string {
  if (text === null) return 'null';
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  return `"${units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')}"`;
}

describe('rows in JSON become lines of COPY', () => {
  test('the same as from a driver with values, however the document is cut, written and indented', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(value, { minLength: 2, maxLength: 2 }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom<(rows: (string | null)[][]) => string>(
          (rows) => JSON.stringify(rows),
          (rows) => JSON.stringify({ code: '1', data: rows, after: ['data', { data: [1] }] }, null, 2),
          (rows) => `[${rows.map((row) => `[${row.map(escaped).join(',')}]`).join(',')}]`,
        ),
        (rows, size, spell) => {
          const encoded = encode([spell(rows)], 2, size);
          expect(encoded.text).toBe(written(rows));
          expect(encoded.lines).toBe(rows.length);
        },
      ),
    );
  });

  test('what is around the rows is returned, before and after them', () => {
    const { rest, text } = encode(
      ['{"meta": {"data": [["no"]], "n": 1}, "dataset": [["no"]], "data": [["a"]], "code": "x\\"]"}'],
      1,
    );
    expect(rest).toEqual([{ meta: { data: [['no']], n: 1 }, dataset: [['no']], data: [], code: 'x"]' }]);
    expect(text).toBe('a\n');
  });

  test('documents follow each other in one buffer', () => {
    const { text, lines } = encode(['[["a"]]', '{"data":[["b"],[null]]}', '[]'], 1);
    expect(text).toBe('a\nb\n\\N\n');
    expect(lines).toBe(3);
  });

  test('buffers have at least 64 kB, and end with a line', () => {
    const rows = Array.from({ length: 5_000 }, (_, at) => [String(at), 'x'.repeat(90)]);
    const { batches, text } = encode([JSON.stringify(rows)], 2, 20_000);
    expect(batches.length).toBeGreaterThan(5);
    for (const batch of batches.slice(0, -1)) expect(batch.length).toBeGreaterThanOrEqual(64 * 1024);
    for (const batch of batches) expect(batch.endsWith('\n')).toBe(true);
    expect(text).toBe(written(rows));
  });

  test('a value that is longer than the buffer arrives whole, in any parts', () => {
    const rows = [
      ['a', 'b'.repeat(300_000)],
      ['c'.repeat(300_000), 'd'],
    ];
    for (const size of [1_000, 100_000, 200_000, 1_000_000])
      expect(encode([JSON.stringify(rows)], 2, size).text).toBe(written(rows));
  });

  test('values that become longer arrive whole, and so does a long one in the same part', () => {
    const rows = Array.from({ length: 9_000 }, (_, at) => [
      '7',
      at % 2_000 === 1_999 ? 'b'.repeat(90_000) : '',
    ]);
    const { text, lines } = encode([JSON.stringify(rows)], 2, 120_000, conversionFor('decimal', 20));
    expect(text).toBe(written(rows.map(([, long]) => [`7.${'0'.repeat(20)}`, long!])));
    expect(lines).toBe(9_000);
  });

  test.each([
    ['NUL', '"a\\u0000b"', `ab${NOT_TEXT}`],
    ['the first half of a pair', '"a\\ud83db"', `a\ufffdb${NOT_TEXT}`],
    ['the first half at the end', '"a\\ud83d"', `a\ufffd${NOT_TEXT}`],
    ['two first halves', '"\\ud83d\\ud83d\\udc4d"', `\ufffd👍${NOT_TEXT}`],
    ['the second half', '"\\udc4d"', `\ufffd${NOT_TEXT}`],
    ['the first half before an escape', '"\\ud83d\\n"', `\ufffd\\n${NOT_TEXT}`],
  ])('a text with %s is marked, and its neighbour is not', (_, json, expected) => {
    for (const size of [1, 3, 100])
      expect(encode([`[[${json},"b"]]`], 2, size).text).toBe(`${expected}\tb\n`);
  });

  test('bytes that are not UTF-8 are marked', () => {
    const document = Buffer.concat([Buffer.from('[["a'), Buffer.from([0xff]), Buffer.from('","b"]]')]);
    expect(encode([document], 2).text).toBe(`a\ufffd${NOT_TEXT}\tb\n`);
  });

  test.each([
    '[["a"',
    '[["a"]',
    '{"data":[["a"]]',
    '',
    '[["a"]]x',
    '[["a","b"]]',
    '[[]]',
    '[[1]]',
    '[[1],["a"]]',
    '[[nul]]',
    '[["\\x"]]',
    '[["\\u00g0"]]',
    '[["a\nb"]]',
    '["a"]',
    '[["a" "b"]]',
  ])('%j is not taken for rows of one column', (document) => {
    expect(() => encode([document], 1)).toThrow('unreadable');
  });
});

describe('conversions in place', () => {
  const spellings: Record<string, fc.Arbitrary<string>> = {
    boolean: fc.constantFrom('true', 'false', 'TRUE', 't', '0', 'maybe', 'tree', ''),
    date: fc.oneof(
      fc.constantFrom('2026-01-31T00:00:00', '2026-01-3', 'x', '12026-01-31'),
      fc.stringMatching(/^\d{4}-\d\d-\d\d$/),
    ),
    decimal: fc.stringMatching(/^[-+]?\d{0,20}(\.\d{0,6})?$/),
    float: fc.oneof(fc.double().map(String), fc.stringMatching(/^-?\d\.\d{1,16}E-?\d{1,2}$/)),
    timestamp: fc.stringMatching(/^2026-0\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{0,9})?(Z|\+00)?$/),
    timestamptz: fc.stringMatching(
      /^2026-0[1-9]-0[1-9][T ]0\d:0\d:0\d(\.\d{0,9})?(Z|\+00|\+0000|\+00:00|-00| UTC| ?\+0[0-9]:?30|)$/,
    ),
  };

  test.each(Object.entries(spellings))('of %s give what valueText gives', (name, arbitrary) => {
    const kind = name as ColumnKind;
    for (const scale of [undefined, 0, 2, 6]) {
      const convert = conversionFor(kind, scale)!;
      fc.assert(
        fc.property(arbitrary, (text) => {
          const bytes = Buffer.alloc(1_000, 'ß');
          const end = convert(bytes, 5, 5 + bytes.write(text, 5));
          expect(bytes.toString('utf8', 5, end)).toBe(valueText(text, kind, scale));
        }),
        { numRuns: 500 },
      );
    }
  });
});
