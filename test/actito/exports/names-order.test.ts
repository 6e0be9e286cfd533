import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exportFiles, isExportName } from '../../../actito/exports/names.ts';

/* The order of the files of one day, and which names are files of an export. */

const NOW = new Date('2026-03-05T12:00:00Z');
const PATTERNS = { file: 'p_$yyyyMMdd.csv', full: 'full_$yyyyMMdd*.csv' };
const DAILY = 'p_20260304.csv';
const FULL = 'full_20260304.csv';

const at = (name: string, time?: string) => ({
  name,
  size: 1,
  modified: time === undefined ? undefined : new Date(`2026-03-04T${time}:00Z`),
});
const order = (entries: Parameters<typeof exportFiles>[0], patterns = PATTERNS) =>
  exportFiles(entries, patterns, NOW).map(({ name }) => name);

it('a full file that was written after the daily file of its day is read after it', () => {
  expect(order([at(FULL, '15:00'), at(DAILY, '04:00')])).toEqual([DAILY, FULL]);
});

it('a full file that was written before the daily file of its day, or at the same time, is read before it', () => {
  expect(order([at(DAILY, '04:00'), at(FULL, '03:00')])).toEqual([FULL, DAILY]);
  expect(order([at(DAILY, '04:00'), at(FULL, '04:00')])).toEqual([FULL, DAILY]);
});

it('if the server does not report every time of a day, its full files are read first', () => {
  expect(order([at(DAILY), at(FULL, '15:00')])).toEqual([FULL, DAILY]);
  expect(order([at(DAILY, '04:00'), at(FULL)])).toEqual([FULL, DAILY]);
});

it('days come before times: a file that was copied to the server later does not move to another day', () => {
  expect(order([at('p_20260303.csv', '23:00'), at(FULL, '01:00')])).toEqual(['p_20260303.csv', FULL]);
});

it('a time in all names of a day counts more than when the files were modified', () => {
  const patterns = { file: 'p_$yyyyMMdd_$HH.csv', full: 'full_$yyyyMMdd_$HH.csv' };
  const files = [
    at('full_20260304_15.csv', '01:00'),
    at('p_20260304_04.csv', '03:00'),
    at('p_20260304_16.csv', '02:00'),
  ];
  const expected = ['p_20260304_04.csv', 'full_20260304_15.csv', 'p_20260304_16.csv'];
  expect(order(files, patterns)).toEqual(expected);
});

it('the order of a day depends on its files alone, whichever times are known', () => {
  const names = [DAILY, FULL, 'full_20260304b.csv', 'p_20260303.csv', 'p_20260305.csv'];
  const time = fc.option(fc.constantFrom('01:00', '02:00', '03:00'), { nil: undefined });
  const entries = fc
    .tuple(...names.map((name) => time.map((known) => at(name, known))))
    .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
  fc.assert(
    fc.property(entries, ([all, shuffled]) => {
      const sorted = order(all);
      expect(order(shuffled)).toEqual(sorted);
      expect([...sorted].sort()).toEqual([...names].sort());
    }),
  );
});

it('a name is that of an export if it fits the daily or the full pattern', () => {
  const isWanted = isExportName(PATTERNS);
  expect([DAILY, FULL, 'full_20260304_b.csv'].every(isWanted)).toBe(true);
  expect([`${DAILY}.part`, 'campaigns_20260304.csv', `x${DAILY}`].some(isWanted)).toBe(false);
  expect(isExportName({ file: PATTERNS.file })(FULL)).toBe(false);
});
