import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { importFile } from '../../../actito/files/import-file.ts';
import { Failure } from '../../../contract/failure.ts';
import { contractSchema } from '../../../activation/definition/contract.ts';
import { converterFor } from '../../../activation/values/convert.ts';
import type { ActitoType, Column, ColumnKind } from '../../../activation/values/kinds.ts';
import { compare, copyField, definitionFor, type DeltaRow } from './support.ts';

vi.setConfig({ testTimeout: 60_000 }); // many small runs, on machines that do other things as well

const KINDS: ColumnKind[] = [
  'text',
  'boolean',
  'integer',
  'decimal',
  'float',
  'date',
  'timestamp',
  'timestamptz',
];
const PLACES = { timezone: 'Europe/Brussels', defaultCountry: 'LU' };
const CREATED = ['STRING', 'INTEGER', 'LONG', 'NUMBER', 'BOOLEAN', 'DATE', 'TIMESTAMP'] as const;
const EXISTING: ActitoType[] = [
  ...CREATED,
  'EMAIL_ADDRESS',
  'SEX',
  'MOTHER_LANGUAGE',
  'PERSON_TITLE',
  'PHONE',
  'COUNTRY',
];

const numbers = ['0', '1', '-1', '.5', '-.5', '12.5', '007', '9223372036854775807'];
const floats = [
  '1e+300',
  '1e-300',
  '-2.2250738585072014e-308',
  '5e-324',
  '1.7976931348623157e+308',
  'NaN',
  '-Infinity',
];
const hostile = [
  ...numbers,
  ...floats,
  '1E400',
  '-1.5e-400',
  '.5E-400',
  ' 1e300 ',
  '\t1e300',
  '\u00a01e300',
  '9e18',
  't',
  'f',
  'n',
  '1',
  ' 0',
  'no',
  'true',
  '2026-01-31',
  ' 2026-01-31',
  '2026-01-31 10:20',
  '2026-01-31T10:20Z',
  '9999-12-31 23:59:59+00',
  '0001-01-01',
  '2026-01-31 10:20:30.123456-12:30',
  '"',
  '""""',
  ';',
  'a"b;c\n',
  '\r\n',
  '\\',
  '\\N',
  'a\\"',
  'é"ü',
  '𝒳',
  "o'x@Shop.BE",
  'fr-BE',
  'm',
  'x'.repeat(255),
  '9d1e4f07-0000-4000-8000-00805f9b34fb',
  '621123456',
  '+352 621 123 456',
  'mrs.',
  'e',
  '1e',
  'e1',
  '',
  ' ',
  '\u00a0',
];
const VALUES: Record<Exclude<ColumnKind, 'unsupported'>, string[]> = {
  text: hostile,
  boolean: ['t', 'f'],
  integer: ['0', '1', '-9223372036854775808', '621123456'],
  decimal: [...numbers.filter((text) => !text.includes('.5') || text === '12.5'), 'NaN'],
  float: [...floats, '0', '1', '-0.5', '1e+20'],
  date: ['2026-01-31', '0001-01-01', 'infinity'],
  timestamp: ['2026-01-31 10:20:30', '2026-01-31 10:20:30.123456', '-infinity'],
  timestamptz: ['2026-01-31 10:20:30+00', '9999-12-31 23:59:59.999999+00'],
};

interface Field {
  kind: Exclude<ColumnKind, 'unsupported'>;
  type: ActitoType;
  create: boolean;
  nulls: 'keep' | 'clear';
  value: string | null;
}

const textArb = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...hostile) },
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.stringMatching(/^[";é\n\r\\ e0-9.+-]{0,20}$/),
);
const fieldArb: fc.Arbitrary<Field> = fc
  .record({
    kind: fc.constantFrom(...KINDS) as fc.Arbitrary<Field['kind']>,
    create: fc.boolean(),
    nulls: fc.constantFrom('keep' as const, 'clear' as const),
  })
  .chain((field) =>
    fc.record({
      kind: fc.constant(field.kind),
      create: fc.constant(field.create),
      nulls: fc.constant(field.nulls),
      type: fc.constantFrom(...(field.create ? CREATED : EXISTING)),
      value: fc.option(field.kind === 'text' ? textArb : fc.constantFrom(...VALUES[field.kind]), {
        freq: 10,
      }),
    }),
  )
  .filter(({ kind, type }) => canFeed(kind, type));

function canFeed(kind: ColumnKind, type: ActitoType): boolean {
  try {
    converterFor({ name: 'c', kind, databaseType: kind }, { type }, PLACES);
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

/** The row in an import file; null if it cannot be sent. */
async function fileBytes(fields: Field[], { key, values, pattern }: DeltaRow, columns: Column[]) {
  const line = [key, ...values].map(copyField).join('\t') + '\n';
  let isAside = false;
  const file = importFile(batches(line), {
    keyAttribute: 'customerId',
    mappings: fields.map(({ nulls }, index) => ({
      column: `c${index}`,
      attribute: `c${index}`,
      nulls,
      ...PLACES,
    })),
    columns,
    targets: fields.map(({ type }, index) => ({ name: `c${index}`, type })),
    omitted: [...pattern!].map((bit) => bit === '1'),
    contract: contractSchema.parse({}),
    allColumns: true,
    setAside: async () => void (isAside = true),
  });
  const sizes: number[] = [];
  for await (const { bytes } of file) sizes.push(bytes.length);
  return isAside ? null : sizes[1]!;
}

async function* batches(line: string): AsyncGenerator<Buffer> {
  yield Buffer.from(line);
}

async function boundOf(key: string, fields: Field[]) {
  const definition = definitionFor({
    attributes: fields.map(({ type, create, nulls }, index) => ({
      column: `c${index}`,
      attribute: `c${String(index).padStart(2, '0')}`,
      nulls,
      ...(create ? { create: { type } } : {}),
    })),
  });
  const columns = fields.map(({ kind }, index) => ({ name: `c${index}`, kind, databaseType: kind }));
  const { delta } = await compare(definition, [{ key, values: fields.map(({ value }) => value) }], {
    columns,
  });
  return { bound: Number(delta[0]!.bytes), actual: await fileBytes(fields, delta[0]!, columns) };
}

test('the bytes in a delta are an upper bound of the bytes in an import file', async () => {
  const keyArb = fc.stringMatching(/^[a-z"';\\é%?]{1,6}$/);
  // One field alone leaves little slack, many of one sort leave none.
  const fieldsArb = fc.oneof(
    fc.array(fieldArb, { maxLength: 8 }),
    fieldArb.map((field) => Array<Field>(40).fill(field)),
  );
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(keyArb, fieldsArb, async (key, fields) => {
      if (fields.length === 0) return;
      const { bound, actual } = await boundOf(key, fields);
      if (actual === null) return;
      sent++;
      expect(bound).toBeGreaterThanOrEqual(actual);
    }),
    { numRuns: 1_000 },
  );
  expect(sent).toBeGreaterThan(300);
});

test('the bound is close for ordinary rows: files are as large as allowed', async () => {
  const field = (kind: Field['kind'], type: ActitoType, value: string): Field => ({
    kind,
    type,
    value,
    create: false,
    nulls: 'keep',
  });
  const { bound, actual } = await boundOf('customer123456@example.com', [
    field('text', 'STRING', 'Véronique'),
    field('text', 'MOTHER_LANGUAGE', 'fr'),
    field('float', 'NUMBER', '12.5'),
    field('integer', 'INTEGER', '3'),
    field('text', 'STRING', '9d1e4f07-0000-4000-8000-00805f9b34fb'),
    field('timestamptz', 'TIMESTAMP', '2026-01-01 00:00:00+00'),
  ]);
  expect(bound / actual!).toBeLessThan(1.4);
});
