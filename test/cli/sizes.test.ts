import { expect, test } from 'vitest';
import { sizeInWords } from '../../cli/words.ts';

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_000, '1.0 kB'],
  [23_400, '23 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [90_000_000, '90 MB'],
  [1_500_000_000, '1.5 GB'],
  [2_000_000_000_000, '2000 GB'],
])('%d bytes are shown as %s', (bytes, words) => {
  expect(sizeInWords(bytes)).toBe(words);
});
