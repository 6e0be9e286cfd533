import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exportFiles, futureFiles } from '../../../actito/exports/names.ts';

const NOW = new Date('2026-03-05T12:00:00Z');
const PATTERNS = { file: 'p_$yyyyMMdd.csv.gz', full: 'p_full_$yyyyMMdd*' };
const entry = (name: string, modified?: string) => ({
  name,
  size: 1,
  modified: modified === undefined ? undefined : new Date(modified),
});
const named = (...names: string[]) => names.map((name) => entry(name));

it('files are read by the day in their name, a full file before the daily file of its day', () => {
  const entries = named(
    'p_20260304.csv.gz',
    'p_20260303.csv.gz',
    'p_full_20260304.zip',
    'p_20260305.csv.gz',
    'p_full_20260301',
  );
  expect(exportFiles(entries, PATTERNS, NOW).map(({ name, kind, day }) => [name, kind, day])).toEqual([
    ['p_full_20260301', 'full', '2026-03-01'],
    ['p_20260303.csv.gz', 'daily', '2026-03-03'],
    ['p_full_20260304.zip', 'full', '2026-03-04'],
    ['p_20260304.csv.gz', 'daily', '2026-03-04'],
    ['p_20260305.csv.gz', 'daily', '2026-03-05'],
  ]);
});

it('other names are left out, and so are dates that do not exist', () => {
  const entries = named(
    'p_20260230.csv.gz',
    'p_20261301.csv.gz',
    'p_2026030.csv.gz',
    'xp_20260303.csv.gz',
    'p_20260303.csv.gz.part',
    'p_20260303xcsv.gz',
  );
  expect(exportFiles(entries, PATTERNS, NOW)).toEqual([]);
  expect(futureFiles(entries, PATTERNS, NOW)).toEqual([]);
});

it('a date of more than one day in the future is not read, and is reported', () => {
  const entries = named('p_20260306.csv.gz', 'p_20260307.csv.gz', 'p_20990101.csv.gz');
  expect(exportFiles(entries, PATTERNS, NOW).map(({ name }) => name)).toEqual(['p_20260306.csv.gz']);
  expect(futureFiles(entries, PATTERNS, NOW).map(({ name }) => name)).toEqual([
    'p_20260307.csv.gz',
    'p_20990101.csv.gz',
  ]);
});

it('the time in a name orders the files of a day', () => {
  const entries = named('p-2026-03-04_10.csv', 'p-2026-03-04_09.csv', 'p-2026-03-03_23.csv');
  expect(exportFiles(entries, { file: 'p-$yyyy-$MM-$dd_$HH.csv' }, NOW).map(({ name }) => name)).toEqual([
    'p-2026-03-03_23.csv',
    'p-2026-03-04_09.csv',
    'p-2026-03-04_10.csv',
  ]);
});

it('without a date in the name, files are read by their time, then by name; files without a time come last', () => {
  const entries = [
    entry('p3.csv'),
    entry('p2.csv', '2026-03-04T10:00:00Z'),
    entry('p1.csv', '2026-03-04T10:00:00Z'),
    entry('p0.csv', '2026-03-04T11:00:00Z'),
  ];
  expect(exportFiles(entries, { file: 'p*.csv' }, NOW).map(({ name, day }) => [name, day])).toEqual([
    ['p1.csv', '2026-03-04'],
    ['p2.csv', '2026-03-04'],
    ['p0.csv', '2026-03-04'],
    ['p3.csv', null],
  ]);
});

it('the order does not depend on the order of the list', () => {
  const all = named(
    'p_20260304.csv.gz',
    'p_20260303.csv.gz',
    'p_full_20260304.zip',
    'p_full_20260304',
    'p_20260305.csv.gz',
  );
  const expected = exportFiles(all, PATTERNS, NOW);
  const anyOrder = fc.shuffledSubarray(all, { minLength: all.length });
  fc.assert(
    fc.property(anyOrder, (entries) => {
      expect(exportFiles(entries, PATTERNS, NOW)).toEqual(expected);
    }),
  );
});
