import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DELTA_COLUMNS } from '../../../activation/comparison/delta-format.ts';
import { withoutForgotten } from '../../../activation/comparison/forgotten-records.ts';
import { copyRecord } from '../../support/copy-records.ts';
import { compare, definitionFor, OWN_IDENTIFIER, parseDelta } from './support.ts';

interface Row {
  key: string | null;
  identifier: string | null;
  known: boolean;
  values: (string | null)[];
}

/** A record of a delta; its content does not matter here. */
function recordOf({ key, identifier, known, values }: Row): Buffer {
  const named: Partial<Record<string, Buffer | null>> = {
    mark: Buffer.alloc(16),
    known: Buffer.from([known ? 1 : 0]),
    membership: Buffer.from('added'),
    key: textOf(key),
    identifier: textOf(identifier),
    hashes: Buffer.alloc(8),
  };
  return copyRecord([...DELTA_COLUMNS.map((column) => named[column] ?? null), ...values.map(textOf)]);
}

const textOf = (text: string | null) => (text === null ? null : Buffer.from(text));
const bytesOf = (rows: Row[]) => Buffer.concat(rows.map(recordOf));
const filter = (rows: Row[], ...forgotten: string[]) => withoutForgotten(bytesOf(rows), new Set(forgotten));
const row = (key: string | null, more: Partial<Row> = {}): Row => ({
  key,
  identifier: null,
  known: false,
  values: ['1', null],
  ...more,
});

describe('records without those of forgotten people', () => {
  test('omit every person whose key or list identifier is forgotten, wherever the record is', () => {
    const rows = ['anna', 'bob', 'carl', 'dora'].map((key) => row(key, { identifier: `card ${key}` }));
    const { kept } = filter(rows, 'anna', 'card bob', 'dora');
    expect(kept).toEqual(bytesOf([rows[2]!]));
  });

  test('are the same bytes if no person in them is forgotten', () => {
    const rows = bytesOf([row('anna'), row('bob')]);
    expect(withoutForgotten(rows, new Set(['carl'])).kept).toBe(rows);
  });

  test('can be empty', () => {
    expect(filter([row('anna')], 'anna')).toEqual({ kept: Buffer.alloc(0), nonMembers: 1 });
    expect(filter([], 'anna')).toEqual({ kept: Buffer.alloc(0), nonMembers: 0 });
  });

  test('keep what only resembles a forgotten key: a part of one, a value, or an empty key', () => {
    const rows = [row('anna2'), row('ann'), row('bob', { values: ['anna', 'anna'] }), row(null)];
    expect(filter(rows, 'anna', '', '\\N', 'N').kept).toEqual(bytesOf(rows));
  });

  test('are found by the key, whatever characters it contains', () => {
    const rows = [row('a\\b'), row('\t'), row('\\N'), row('é\n'), row('a\\\\b')];
    expect(filter(rows, 'a\\b', '\t', '\\N', 'é\n').kept).toEqual(bytesOf([rows[4]!]));
  });

  test('count the omitted people, except for members, which the publication counts', () => {
    const rows = [row('anna'), row('bob', { known: true }), row('carl'), row('dora')];
    expect(filter(rows, 'anna', 'bob', 'dora').nonMembers).toBe(2);
  });

  test('are the same as in a delta whose people are filtered one by one', () => {
    const text = fc.constantFrom('a', 'b', 'a\\', '\\N', 'b\tc', '\n', 'é𝒳', '');
    const rowArb = fc.record({
      key: fc.option(text),
      identifier: fc.option(text),
      known: fc.boolean(),
      values: fc.array(fc.option(text), { minLength: 2, maxLength: 2 }),
    });
    fc.assert(
      fc.property(fc.array(rowArb, { maxLength: 8 }), fc.array(text), (rows, texts) => {
        const forgotten = new Set<string>(texts);
        const isForgotten = ({ key, identifier }: Row) =>
          (key !== null && forgotten.has(key)) || (identifier !== null && forgotten.has(identifier));
        const gone = rows.filter(isForgotten);
        expect(withoutForgotten(bytesOf(rows), forgotten)).toEqual({
          kept: bytesOf(rows.filter((each) => !isForgotten(each))),
          nonMembers: gone.filter(({ known }) => !known).length,
        });
      }),
      { numRuns: 500 },
    );
  });
});

test('the columns of a record are where the comparison writes them', async () => {
  const definition = definitionFor(OWN_IDENTIFIER);
  const values = ['1', null, '\t'];
  const rows = ['anna', 'bob', 'carl'].map((key) => ({ key, identifier: `card ${key}`, values }));
  const members = [{ ...rows[0]!, values: ['2'], flags: 0 }];
  const written: Buffer[] = [];
  await compare(definition, rows, { members, written });
  const { kept, nonMembers } = withoutForgotten(Buffer.concat(written), new Set(['anna', 'card bob']));
  expect(parseDelta(kept, 3)).toMatchObject([{ key: 'carl', identifier: 'card carl', values }]);
  expect(nonMembers).toBe(1);
});
