import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DELTA_COLUMNS } from '../../../activation/comparison/delta-lines.ts';
import { withoutForgotten } from '../../../activation/comparison/forgotten-lines.ts';
import { compare, copyField, definitionFor, OWN_IDENTIFIER, parseDelta } from './support.ts';

interface Line {
  key: string | null;
  identifier: string | null;
  known: boolean;
  values: (string | null)[];
}

/** A line of a delta; what it does is of no importance here. */
function lineOf({ key, identifier, known, values }: Line): string {
  const named: Partial<Record<string, string | null>> = {
    ...{ mark: '0'.repeat(32), known: known ? 't' : 'f', membership: 'added' },
    ...{ key, identifier, hashes: values.length > 0 ? '\\x00' : null },
  };
  return (
    [...DELTA_COLUMNS.map((column) => named[column] ?? null), ...values].map(copyField).join('\t') + '\n'
  );
}

const bytesOf = (lines: Line[]) => Buffer.from(lines.map(lineOf).join(''));
const filter = (lines: Line[], ...forgotten: string[]) =>
  withoutForgotten(bytesOf(lines), new Set(forgotten));
const line = (key: string | null, more: Partial<Line> = {}): Line => ({
  ...{ key, identifier: null, known: false, values: ['1', null] },
  ...more,
});

describe('lines without those of forgotten people', () => {
  test('lack everyone whose key or list identifier is forgotten, wherever the line is', () => {
    const lines = ['anna', 'bob', 'carl', 'dora'].map((key) => line(key, { identifier: `card ${key}` }));
    const { kept } = filter(lines, 'anna', 'card bob', 'dora');
    expect(kept).toEqual(bytesOf([lines[2]!]));
  });

  test('are the very same bytes when nobody is forgotten in them', () => {
    const lines = bytesOf([line('anna'), line('bob')]);
    expect(withoutForgotten(lines, new Set(['carl'])).kept).toBe(lines);
  });

  test('can be none', () => {
    expect(filter([line('anna')], 'anna')).toEqual({ kept: Buffer.alloc(0), nonMembers: 1 });
    expect(filter([], 'anna')).toEqual({ kept: Buffer.alloc(0), nonMembers: 0 });
  });

  test('keep what only looks like a forgotten key: a part of one, a value, or no key at all', () => {
    const lines = [line('anna2'), line('ann'), line('bob', { values: ['anna', 'anna'] }), line(null)];
    expect(filter(lines, 'anna', '', '\\N', 'N').kept).toEqual(bytesOf(lines));
  });

  test('are found by the key and not by its spelling in COPY', () => {
    const lines = [line('a\\b'), line('\t'), line('\\N'), line('é\n'), line('a\\\\b')];
    expect(filter(lines, 'a\\b', '\t', '\\N', 'é\n').kept).toEqual(bytesOf([lines[4]!]));
  });

  test('count whom they lack, but for members: publication counts those', () => {
    const lines = [line('anna'), line('bob', { known: true }), line('carl'), line('dora')];
    expect(filter(lines, 'anna', 'bob', 'dora').nonMembers).toBe(2);
  });

  test('are those that a delta has when its people are filtered one by one', () => {
    const text = fc.constantFrom('a', 'b', 'a\\', '\\N', 'b\tc', '\n', 'é𝒳', '');
    const lineArb = fc.record({
      key: fc.option(text),
      identifier: fc.option(text),
      known: fc.boolean(),
      values: fc.array(fc.option(text), { minLength: 2, maxLength: 2 }),
    });
    fc.assert(
      fc.property(fc.array(lineArb, { maxLength: 8 }), fc.array(text), (lines, texts) => {
        const forgotten = new Set<string>(texts);
        const isForgotten = ({ key, identifier }: Line) =>
          (key !== null && forgotten.has(key)) || (identifier !== null && forgotten.has(identifier));
        const gone = lines.filter(isForgotten);
        expect(withoutForgotten(bytesOf(lines), forgotten)).toEqual({
          kept: bytesOf(lines.filter((each) => !isForgotten(each))),
          nonMembers: gone.filter(({ known }) => !known).length,
        });
      }),
      { numRuns: 500 },
    );
  });
});

test('the columns of a line are where the comparison writes them', async () => {
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
