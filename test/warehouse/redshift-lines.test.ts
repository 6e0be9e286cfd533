import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unescapeCopy } from '../../activation/values/copy.ts';
import { NOT_TEXT } from '../../activation/values/text.ts';
import type { Spelling } from '../../warehouse/redshift/kinds.ts';
import { RowLines } from '../../warehouse/redshift/lines.ts';
import { LineWriter } from '../../warehouse/copy/lines.ts';

type Field = string | Buffer | null;

/** The body of a DataRow. */
function body(fields: Field[]): Buffer {
  const parts = [Buffer.from([fields.length >> 8, fields.length & 255])];
  for (const field of fields) {
    const bytes = field === null ? undefined : Buffer.from(field as string);
    const length = Buffer.alloc(4);
    length.writeInt32BE(bytes?.length ?? -1);
    parts.push(length, ...(bytes ? [bytes] : []));
  }
  return Buffer.concat(parts);
}

function linesOf(rows: Field[][], spellings: Spelling[]): string {
  const lines = new RowLines(spellings);
  for (const row of rows) {
    const bytes = Buffer.concat([Buffer.from('beside'), body([...row, String(rows.length)])]);
    expect(lines.add(bytes, 6, bytes.length)).toBeUndefined();
  }
  expect([lines.lines, lines.counted ?? 0]).toEqual([rows.length, rows.length]);
  return lines.take().toString();
}

test('any rows of texts become the lines that other drivers write for them', () => {
  const value = fc.option(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' })));
  const rows = fc.array(fc.tuple(value, value), { maxLength: 20 });
  fc.assert(
    fc.property(rows, (all) => {
      const writer = new LineWriter();
      for (const row of all) {
        for (const field of row) writer.field(field);
        writer.endLine();
      }
      expect(linesOf(all, ['as sent', 'as sent'])).toBe(writer.take().toString());
    }),
  );
});

test('a long value that is all escapes arrives whole, after lines that were not taken', () => {
  const [short, long] = ['x'.repeat(60_000), '\t'.repeat(150_000)];
  expect(linesOf([[short], [long]], ['as sent'])).toBe(`${short}\n${'\\t'.repeat(150_000)}\n`);
});

test('a float of 17 digits gets its shortest text, and a padded text loses its padding', () => {
  const row = ['0.10000000000000001', '1e+20', null, 'ab   ', '   '];
  const spellings: Spelling[] = ['float', 'float', 'float', 'padded', 'padded'];
  expect(linesOf([row], spellings)).toBe('0.1\t1e+20\t\\N\tab\t\n');
});

test('a value that is not UTF-8, or contains NUL, is marked, and the others are not', () => {
  const [line] = linesOf([[Buffer.from([0x41, 0xff]), 'B\0', 'C']], ['as sent', 'as sent', 'as sent']).split(
    '\n',
  );
  const [latin, nul, good] = line!.split('\t').map(unescapeCopy);
  expect([latin!.endsWith(NOT_TEXT), nul, good]).toEqual([true, `B${NOT_TEXT}`, 'C']);
});

test('a row with another number of fields is not added', () => {
  const lines = new RowLines(['as sent']);
  const bytes = body(['1', '2', '3']);
  expect(lines.add(bytes, 0, bytes.length)).toBe(3);
  expect([lines.lines, lines.isEmpty]).toEqual([0, true]);
});
