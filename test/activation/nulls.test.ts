import { expect, it } from 'vitest';
import { leavesOut } from '../../activation/values/nulls.ts';

it.each([
  ['keep', 'clears', true],
  ['keep', 'ignored', false],
  ['clear', 'clears', false],
] as const)(
  'a null with nulls: %s, if Actito treats an empty field as %s: left out is %s',
  (nulls, emptyValue, expected) => {
    expect(leavesOut({ nulls }, { emptyValue })).toBe(expected);
  },
);
