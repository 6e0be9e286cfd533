import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  importColumns,
  importFile,
  type BadRow,
  type ImportFileOptions,
} from '../../actito/files/import-file.ts';
import { MAX_FILE_BYTES, spoolFile } from '../../actito/files/spool.ts';
import { converterFor } from '../../activation/values/convert.ts';
import type { ActitoType, ColumnKind } from '../../activation/values/kinds.ts';
import { copyField } from '../state/support.ts';
import { USUAL_CONTRACT } from './support.ts';

interface Row {
  key: string;
  values: (string | null)[];
}

/** The attributes of these tests: what the warehouse holds, what Actito wants, and what a null does. */
const SHAPES: { name: string; kind: ColumnKind; type: ActitoType; nulls: 'keep' | 'clear' }[] = [
  { name: 'city', kind: 'text', type: 'STRING', nulls: 'keep' },
  { name: 'note', kind: 'text', type: 'STRING', nulls: 'clear' },
  { name: 'spent', kind: 'decimal', type: 'NUMBER', nulls: 'keep' },
  { name: 'vip', kind: 'boolean', type: 'BOOLEAN', nulls: 'clear' },
];

function optionsFor(omitted = SHAPES.map(() => false)): ImportFileOptions & { aside: BadRow[] } {
  const aside: BadRow[] = [];
  return {
    keyAttribute: 'customerId',
    mappings: SHAPES.map(({ name, nulls }) => ({ column: name, attribute: name, nulls })),
    columns: SHAPES.map(({ name, kind }) => ({ name, kind, databaseType: kind })),
    targets: SHAPES.map(({ name, type }) => ({ name, type, maxLength: type === 'STRING' ? 12 : undefined })),
    omitted,
    contract: USUAL_CONTRACT,
    setAside: async (rows) => void aside.push(...rows),
    aside,
  };
}

async function* batchesOf(rows: Row[], size = 3): AsyncGenerator<Buffer> {
  const lines = rows.map(({ key, values }) => [key, ...values].map(copyField).join('\t') + '\n');
  for (let at = 0; at < lines.length; at += size) yield Buffer.from(lines.slice(at, at + size).join(''));
}

async function write(rows: Row[], options: ImportFileOptions): Promise<{ text: string; rows: number }> {
  let text = '';
  let count = 0;
  for await (const part of importFile(batchesOf(rows), options)) {
    text += Buffer.from(part.bytes).toString();
    count += part.rows;
  }
  return { text, rows: count };
}

const records = (text: string): string[][] => parse(text, { delimiter: ';' });

const textArb = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 14 }).filter((text) => !text.includes('\0')),
  fc.stringMatching(/^[";,'\r\n\t \\]{0,5}$/),
  fc.constantFrom('', ' ', '\u00a0', '\n', '\uFEFF', 'ends with "', '=1+1'),
);
const rowsArb = fc.uniqueArray(
  fc.record({
    key: fc.stringMatching(/^[a-z"; é\\]{0,4}[a-z"]$/),
    values: fc.tuple(
      fc.option(textArb),
      fc.option(textArb),
      fc.option(fc.constantFrom('1.50', '-3', '1e+20', 'NaN')),
      fc.option(fc.constantFrom('t', 'f')),
    ),
  }),
  { selector: ({ key }) => key, maxLength: 12 },
) as fc.Arbitrary<Row[]>;
const omittedArb = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });

/** The expected fields of a row in a file, or why the row cannot be sent completely. */
function model({ key, values }: Row, { omitted, columns, targets }: ImportFileOptions) {
  const fields = [key];
  const bad: { attribute: string; reason: string | null }[] = [];
  SHAPES.forEach(({ name, nulls, kind }, index) => {
    if (omitted[index]) return;
    const value = values[index]!;
    const isEmpty = value === null || (kind === 'text' && value.trim() === '');
    if (isEmpty && nulls === 'clear') return void fields.push('');
    if (isEmpty) return void bad.push({ attribute: name, reason: null });
    const converted = converterFor(columns[index]!, targets[index]!)(value);
    if ('value' in converted) fields.push(converted.value);
    else bad.push({ attribute: name, reason: converted.reject });
  });
  return { key, fields, bad };
}

test('a CSV reader finds the converted values in the file; rows that cannot be sent completely are set aside', async () => {
  await fc.assert(
    fc.asyncProperty(rowsArb, omittedArb, async (rows, omitted) => {
      const options = optionsFor(omitted);
      const file = await write(rows, options);
      const [header, ...lines] = records(file.text);
      const expected = rows.map((row) => model(row, options));
      const sent = expected.filter(({ bad }) => bad.length === 0);
      expect(header).toEqual(importColumns(options));
      expect(lines).toEqual(sent.map(({ fields }) => fields));
      expect(file.rows).toBe(sent.length);
      const aside = options.aside.map(({ key, bad }) => ({
        key,
        bad: bad.map(({ attribute, reason }) => ({ attribute, reason })),
      }));
      expect(aside).toEqual(
        expected.filter(({ bad }) => bad.length > 0).map(({ key, bad }) => ({ key, bad })),
      );
      for (const name of ['city', 'spent']) {
        const column = header!.indexOf(name);
        if (column > 0) expect(lines.map((line) => line[column])).not.toContain('');
      }
      expect(file.text.endsWith('\n')).toBe(true);
    }),
    { numRuns: 400 },
  );
});

test('only fields that need quotes have them, quotes are doubled, and every line has as many fields as the header', async () => {
  const values = ['a;b', 'said "yes"', '1.50', 't'];
  const { text } = await write([{ key: 'K1', values }], optionsFor());
  expect(text).toBe('customerId;city;note;spent;vip\nK1;"a;b";"said ""yes""";1.50;TRUE\n');
});

test('a null clears only if the mapping says so', async () => {
  const { text } = await write([{ key: 'K1', values: ['x', null, '2', null] }], optionsFor());
  expect(text).toContain('\nK1;x;;2;\n');
});

test('attributes that are left out are neither in the header nor in the lines', async () => {
  const options = optionsFor([true, false, true, false]);
  const { text, rows } = await write([{ key: 'K1', values: [null, 'n', null, 'f'] }], options);
  expect([text, rows, options.aside]).toEqual(['customerId;note;vip\nK1;n;FALSE\n', 1, []]);
});

test('a row that is set aside reports which values are rejected and why, and never the values', async () => {
  const options = optionsFor();
  const { rows } = await write([{ key: 'K1', values: ['much too long a city', 'ok', 'NaN', null] }], options);
  expect(rows).toBe(0);
  expect(options.aside).toEqual([
    {
      key: 'K1',
      bad: [
        { index: 0, attribute: 'city', reason: 'ValueTooLong' },
        { index: 2, attribute: 'spent', reason: 'ValueNotANumber' },
      ],
    },
  ]);
});

test('a file without rows still has its header', async () => {
  expect(await write([], optionsFor())).toEqual({ text: 'customerId;city;note;spent;vip\n', rows: 0 });
});

test('the file is written as the rows arrive: one part for each batch', async () => {
  let asked = 0;
  async function* batches() {
    for (; asked < 100; asked++) yield Buffer.from(`K${asked}\tx\ty\t1\tt\n`);
  }
  const parts = importFile(batches(), optionsFor());
  await parts.next(); // the header
  expect(asked).toBe(0);
  await parts.next();
  expect(asked).toBe(0); // the generator is at its first batch
  await parts.next();
  expect(asked).toBe(1);
  await parts.return(undefined);
});

test('a pair of types that can never be sent is rejected before the first line', async () => {
  const options = optionsFor();
  options.columns[3] = { name: 'vip', kind: 'date', databaseType: 'date' };
  await expect(write([], options)).rejects.toMatchObject({ name: 'MappingInvalid' });
});

describe('a file on disk', () => {
  async function* parts(...texts: string[]) {
    const bytes = Buffer.alloc(Math.max(...texts.map((text) => Buffer.byteLength(text))));
    for (const text of texts) {
      yield { bytes: bytes.subarray(0, bytes.write(text)), rows: 1 };
      bytes.fill('#'); // a piece is valid until the next one is read
    }
  }
  async function contentOf(file: { read(): AsyncGenerator<Uint8Array> }): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of file.read()) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }

  test('knows its bytes and rows, and can be read more than once', async () => {
    const file = await spoolFile(parts('zoë\n', '', 'x'.repeat(600_000)));
    expect([file.bytes, file.rows]).toEqual([600_005, 3]);
    const first = await contentOf(file);
    expect(first).toBe(`zoë\n${'x'.repeat(600_000)}`);
    expect(await contentOf(file)).toBe(first);
    await file.close();
  });

  test('passes on an error that occurred while it was written', async () => {
    async function* breaking() {
      yield { bytes: Buffer.from('x'), rows: 1 };
      throw new Error('the state database broke off');
    }
    await expect(spoolFile(breaking())).rejects.toThrow('the state database broke off');
  });

  test('is never larger than Actito accepts', async () => {
    const half = 'x'.repeat(MAX_FILE_BYTES / 2);
    const file = await spoolFile(parts(half, half));
    expect(file.bytes).toBe(MAX_FILE_BYTES);
    await file.close();
    await expect(spoolFile(parts(half, half, 'x'))).rejects.toThrow('chunk is too large');
  });
});
