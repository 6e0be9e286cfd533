import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCsv } from '../../simulator/csv.ts';

interface Read {
  records: string[][];
  lines: number[];
  error?: string;
}

async function read(content: string | Buffer, delimiter = ';', chunkSize = 3): Promise<Read> {
  const found: Read = { records: [], lines: [] };
  const bytes = Buffer.from(content);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize);
  }
  await readCsv(chunks(), delimiter, (fields, number, line) => {
    expect(number).toBe(found.records.length + 1);
    found.records.push([...fields]);
    found.lines.push(line);
  }).catch((error: Error) => (found.error = error.message));
  return found;
}

/** The result of csv-parse; nothing if it reports a misplaced or unclosed quote. */
function expected(content: string, delimiter: string): string[][] | undefined {
  try {
    return parse(content, { delimiter, record_delimiter: ['\r\n', '\n'], relax_column_count: true });
  } catch {
    return undefined;
  }
}

const text = fc.string({ unit: fc.constantFrom(';', ',', '"', '\n', '\r\n', '\r', 'x', 'é', '€', '👍') });

test('the reader returns the same as csv-parse, whatever the chunks, up to the first record of another width', async () => {
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.constantFrom(';', ',', '\t', '€'),
      fc.integer({ min: 1, max: 9 }),
      async (content, delimiter, chunkSize) => {
        const { records, error } = await read(content, delimiter, chunkSize);
        const all = expected(content, delimiter);
        if (!all) {
          expect(error).toBeDefined();
          return;
        }
        const odd = all.findIndex(({ length }) => length !== all[0]!.length);
        expect(records).toEqual(odd < 0 ? all : all.slice(0, odd));
        expect(error === undefined).toBe(odd < 0);
      },
    ),
    { numRuns: 5_000 },
  );
});

test('quoted fields contain separators, quotes and line ends, and lines are counted within them', async () => {
  const { records, lines } = await read('a;b\r\n"x;\n""y""";1\r\n"";"€"\n');
  expect(records).toEqual([
    ['a', 'b'],
    ['x;\n"y"', '1'],
    ['', '€'],
  ]);
  expect(lines).toEqual([1, 2, 4]);
});

test.each([
  ['a quote within a field', 'a;b\n1;2\nx"y";3\n', 'line 3: a quote that neither begins nor ends a field'],
  ['text after a quoted field', 'a;b\n1;2\n"x"y;3\n', 'line 3: a quote that neither begins nor ends a field'],
  ['a quoted field without an end', 'a;b\n1;2\n"x;3\n4;5\n', 'line 3: a quoted field has no end'],
  ['too few fields', 'a;b\n1;2\nx\n', 'line 3 has 1 fields, not 2'],
  ['too many fields', 'a;b\n1;2\nx;y;z\n', 'line 3 has 3 fields, not 2'],
])(
  'a file with %s is an error that names the line; the records before it are read',
  async (_, content, error) => {
    const found = await read(content);
    expect(found).toMatchObject({ error, lines: [1, 2] });
  },
);

test('bytes that are not UTF-8 are read as replacement characters', async () => {
  expect((await read(Buffer.from('Zo\xEB\n', 'latin1'))).records).toEqual([['Zo\uFFFD']]);
});

test('an error of the caller, or an abort, ends the reading', async () => {
  const stop = new AbortController();
  let records = 0;
  async function* endless() {
    for (;;) yield Buffer.from('x\n');
  }
  const reading = readCsv(
    endless(),
    ';',
    () => {
      records += 1;
      if (records === 10) stop.abort();
    },
    stop.signal,
  );
  await expect(reading).rejects.toThrow('abort');
  expect(records).toBe(10);
  const failing = readCsv(endless(), ';', () => {
    throw new Error('enough');
  });
  await expect(failing).rejects.toThrow('enough');
});
