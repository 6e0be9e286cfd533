import { expect, test } from 'vitest';
import { chooseExports } from '../../../activities/profiles/choose.ts';
import type { KnownExport } from '../../../state/profiles/exports.ts';

/* Days whose export nobody read, because the server deleted it before. */

const PATTERNS = { file: 'p_$yyyyMMdd.csv', full: 'full_$yyyyMMdd.csv' };
const NOW = new Date('2026-02-01T12:00:00Z');
const daily = (day: number) => `p_202601${String(day).padStart(2, '0')}.csv`;
const full = (day: number) => `full_202601${String(day).padStart(2, '0')}.csv`;
const entry = (name: string) => ({ name, size: 1, modified: new Date('2026-01-31T00:00:00Z') });

function missing(names: string[], read: string[] = [], patterns: { file: string; full?: string } = PATTERNS) {
  const known = read.map((name, index): [string, KnownExport] => [
    name,
    { ...entry(name), status: 'read', load: index + 1, failure: null, knownFor: 0 },
  ]);
  return chooseExports(names.map(entry), patterns, new Map(known), NOW).missing;
}

test('days between the last export that was read and the first new one are missing, also at the end of a month', () => {
  const read = [full(20), daily(21)];
  expect(missing([daily(25)], read)).toEqual(['2026-01-22', '2026-01-23', '2026-01-24']);
  expect(missing([daily(22)], read)).toEqual([]);
  expect(missing(['p_20260201.csv'], [daily(29)])).toEqual(['2026-01-30', '2026-01-31']);
});

test('the days stay missing until a full export that is newer, or their files come back', () => {
  const read = [full(20), daily(21), daily(25)];
  expect(missing([daily(26)], read)).toHaveLength(3);
  expect(missing([daily(23), daily(25)], read)).toEqual(['2026-01-22', '2026-01-24']);
  expect(missing([daily(26), full(25)], read)).toEqual([]);
});

test('no day is missing if the names of daily files have no date', () => {
  expect(missing([full(20), full(25), 'p.csv'], [], { file: 'p*.csv', full: PATTERNS.full })).toEqual([]);
});
