import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importFile, type BadRow } from '../../actito/files/import-file.ts';
import { wholeLines } from '../../activation/comparison/whole-lines.ts';
import { converterFor } from '../../activation/values/convert.ts';
import { MAX_LENGTHS, PAIRS, RULES, TRICKY_VALUES, valueArb } from '../activation/tricky-values.ts';
import { contractSchema } from '../../activation/definition/contract.ts';
import { LENGTH_UNITS } from '../../activation/values/text.ts';
import { copyField } from '../state/support.ts';
import { byStrings, PLACES, type Options, type Written } from './by-strings.ts';
import { USUAL_CONTRACT } from './support.ts';

/**
 * The batches of a stream in pieces, like those of the state database; each is valid until the next one is
 * read.
 */
async function* batchesOf(lines: string[], piece: number, size = piece): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += piece) yield Buffer.from(bytes.subarray(at, at + piece));
  }
  for await (const batch of wholeLines(pieces(), { size, reuse: true })) {
    yield batch;
    batch.fill('#');
  }
}

async function byBytes(batches: AsyncIterable<Buffer>, options: Options): Promise<Written> {
  const aside: BadRow[] = [];
  const setAside = async (rows: BadRow[]) => void aside.push(...rows);
  let text = '';
  let rows = 0;
  for await (const part of importFile(batches, { ...options, setAside })) {
    text += Buffer.from(part.bytes).toString();
    rows += part.rows;
  }
  return { text, rows, aside };
}

const attributeArb = fc.record({
  pair: fc.constantFrom(...PAIRS),
  maxLength: fc.constantFrom(...MAX_LENGTHS),
  nulls: fc.constantFrom('keep' as const, 'clear' as const),
  isOmitted: fc.boolean(),
});
type Attribute = typeof attributeArb extends fc.Arbitrary<infer T> ? T : never;

function optionsFor(attributes: Attribute[], more: Partial<Options> = {}): Options {
  return {
    keyAttribute: 'customerId',
    mappings: attributes.map(({ nulls }, index) => ({
      column: `c${index}`,
      attribute: `c${index}`,
      nulls,
      ...PLACES,
    })),
    contract: USUAL_CONTRACT,
    columns: attributes.map(({ pair: { kind } }, index) => ({ name: `c${index}`, kind, databaseType: kind })),
    targets: attributes.map(({ pair: { type }, maxLength }, index) => ({
      name: `c${index}`,
      type,
      maxLength,
    })),
    omitted: attributes.map(({ isOmitted }) => isOmitted),
    ...more,
  };
}

/** Mostly values that can be sent, so that rows have fast and slow ones side by side. */
function valueFor({ pair: { kind, type }, maxLength }: Attribute): fc.Arbitrary<string | null> {
  const convert = converterFor({ name: 'c', kind, databaseType: kind }, { type, maxLength }, RULES[0]);
  const good = TRICKY_VALUES.filter((value) => 'value' in convert(value));
  return fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...(good.length > 0 ? good : ['x'])) },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: valueArb },
  );
}

const keyArb = fc.oneof(
  { weight: 8, arbitrary: fc.stringMatching(/^[a-z0-9@.é]{1,12}$/) },
  { weight: 1, arbitrary: valueArb },
);
const fileArb = fc.array(attributeArb, { maxLength: 5 }).chain((attributes) =>
  fc.record({
    attributes: fc.constant(attributes),
    lines: fc.array(
      fc.tuple(keyArb, ...attributes.map(valueFor)).map((fields) => fields.map(copyField).join('\t')),
      { maxLength: 12 },
    ),
    piece: fc.integer({ min: 1, max: 200 }),
    size: fc.integer({ min: 1, max: 400 }),
    more: fc.record({
      contract: fc
        .record({
          emptyValue: fc.constantFrom('clears', 'ignored'),
          lengthUnit: fc.constantFrom(...LENGTH_UNITS),
          numberDigits: fc.constantFrom(10, 100, 400),
        })
        .map((facts) => contractSchema.parse(facts)),
      allColumns: fc.boolean(),
    }),
  }),
);

test('the bytes and strings of a file are the same, whatever its rows, columns and batches', async () => {
  let [rows, aside] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fileArb, async ({ attributes, lines, piece, size, more }) => {
      const options = optionsFor(attributes, more);
      const written = await byBytes(batchesOf(lines, piece, size), options);
      expect(written).toEqual(byStrings(lines, options));
      rows += written.rows;
      aside += written.aside.length;
    }),
    { numRuns: 2_000 },
  );
  expect(Math.min(rows, aside)).toBeGreaterThan(1_000);
});

test.each(PAIRS)('the same is true of a file of only $kind to $type, value by value', async (pair) => {
  for (const maxLength of pair.type === 'STRING' ? MAX_LENGTHS : [undefined]) {
    const options = optionsFor([{ pair, maxLength, nulls: 'keep', isOmitted: false }]);
    const lines = TRICKY_VALUES.map((value, index) => `K${index}\t${copyField(value)}`);
    expect(await byBytes(batchesOf(lines, 100), options)).toEqual(byStrings(lines, options));
  }
});

describe('the buffer has room', () => {
  const BUFFER = 262_144;
  const attribute = (kind: 'text' | 'date', type: 'STRING' | 'NUMBER' | 'TIMESTAMP'): Attribute => ({
    pair: { kind, type },
    maxLength: 1_000_000,
    nulls: 'keep',
    isOmitted: false,
  });
  async function check(lines: string[][], attributes: Attribute[]): Promise<Written> {
    const contract = contractSchema.parse({ numberDigits: 400 });
    const [options, joined] = [
      optionsFor(attributes, { contract }),
      lines.map((fields) => fields.join('\t')),
    ];
    const written = await byBytes(batchesOf(joined, 2_000_000), options);
    // Not by toEqual, which would show megabytes.
    expect(written.text === byStrings(joined, options).text).toBe(true);
    return written;
  }
  const repeated = <T>(times: number, value: T) => Array<T>(times).fill(value);

  test('for one row of dates that all become timestamps', async () => {
    const dates = repeated(Math.floor(BUFFER / 13), '2026-01-31');
    await check([['K', ...dates]], repeated(dates.length, attribute('date', 'TIMESTAMP')));
  });

  test('for converted values of a row, and for the values that follow them', async () => {
    // 6 bytes become 400. At some number of texts the buffer ends within them.
    for (let numbers = 450; numbers < 700; numbers += 50) {
      const line = ['K', ...repeated(numbers, '1e+399'), ...repeated(300, 'x'.repeat(200))];
      const attributes = [
        ...repeated(numbers, attribute('text', 'NUMBER')),
        ...repeated(300, attribute('text', 'STRING')),
      ];
      await check([line], attributes);
    }
  });

  test('for quotes that are doubled beside characters of several bytes', async () => {
    await check([['K', '"é'.repeat(BUFFER / 4 + 10)]], [attribute('text', 'STRING')]);
  });

  test('for a row that is larger than all before, also if it is set aside', async () => {
    const [large, larger] = ['x'.repeat(500_000), 'y'.repeat(900_000)];
    const lines = [
      ['K1', large, 'good'],
      ['K2', '"'.repeat(500_000), '\\\\'],
      ['K3', larger, '\\N'],
      ['K4', 'a', 'b'],
    ];
    const written = await check(lines, repeated(2, attribute('text', 'STRING')));
    expect([written.rows, written.aside.map(({ key }) => key)]).toEqual([3, ['K3']]);
  });
});

test('a row of values that need no conversion is written without strings', async () => {
  const kinds = [
    ['text', 'STRING', 'Liège'],
    ['integer', 'INTEGER', '-12'],
    ['decimal', 'NUMBER', '12.50'],
    ['boolean', 'BOOLEAN', 't'],
    ['date', 'DATE', '2026-01-31'],
    ['text', 'STRING', '\\N'],
    ['timestamptz', 'TIMESTAMP', '2026-01-31 10:20:30.123456+00'],
  ] as [Attribute['pair']['kind'], Attribute['pair']['type'], string][];
  const options = optionsFor(
    kinds.map(([kind, type]) => ({
      pair: { kind, type },
      maxLength: undefined,
      nulls: 'clear' as const,
      isOmitted: false,
    })),
  );
  async function* batches() {
    const line = Buffer.from(['anna@shop.be', ...kinds.map(([, , value]) => value)].join('\t') + '\n');
    yield Object.assign(line, { toString: () => expect.unreachable('a value became a string') });
  }
  const { text } = await byBytes(batches(), options);
  expect(text.split('\n')[1]).toBe('anna@shop.be;Liège;-12;12.50;TRUE;2026-01-31;;2026-01-31 10:20:30');
});

test('names of attributes are quoted in the header as values are in the lines', async () => {
  const mappings = [{ column: 'c0', attribute: 'a;b', nulls: 'keep' as const }];
  const pair = { kind: 'text', type: 'STRING' } as const;
  const options = optionsFor([{ pair, maxLength: 9, nulls: 'keep', isOmitted: false }], { mappings });
  expect((await byBytes(batchesOf(['K\ta;b'], 100), options)).text).toBe('customerId;"a;b"\nK;"a;b"\n');
});

test.each(['K1\ta\n', 'K1\ta\tb\tc\n', 'K1\ta\tb', 'K1\n', 'K0\ta\tb\nK1\ta\n', 'K1\ta\nb\n'])(
  'a line with more or fewer values than the mapping has attributes ends the import: %j',
  async (batch) => {
    const attribute: Attribute = {
      pair: { kind: 'text', type: 'STRING' },
      maxLength: undefined,
      nulls: 'keep',
      isOmitted: false,
    };
    async function* batches() {
      yield Buffer.from(batch);
    }
    await expect(byBytes(batches(), optionsFor([attribute, attribute]))).rejects.toThrow(
      'one value for each',
    );
  },
);
