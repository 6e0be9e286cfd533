import fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { clean, cleanJson, csvLine, cut, markdownName, oneLine } from '../../contract/clean.ts';
import { tell } from '../../contract/messages/tell.ts';

/** Escapes, direction marks, zero-width blanks, separators, halves of characters. */
const UNSEEN = [
  '\u001b[2J',
  '\u202eabc',
  '\u2066',
  '\u200b',
  '\ufeff',
  '\u0085',
  '\u2028',
  '\u0000',
  '\ud800',
  '\r',
];
const text = fc
  .array(
    fc.oneof(fc.constantFrom(...UNSEEN, '=', '+', '-', '@', '"', ',', '\n', '\t', 'é', '🎈'), fc.string()),
  )
  .map((parts) => parts.join(''));
const OBEYED = /(?![\u200c\u200d\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

describe('a text for people', () => {
  test('contains nothing that controls a terminal or is invisible', () => {
    fc.assert(
      fc.property(text, (any) => {
        expect(clean(any)).not.toMatch(OBEYED);
        expect(oneLine(any)).not.toMatch(/[\n\t]/);
        expect(markdownName(any)).not.toMatch(OBEYED);
      }),
    );
  });

  test('keeps what people write', () => {
    const written = 'Zoë – "Ünïcode" 👩‍👧 می‌خواهم\n\tline 2';
    expect(clean(written)).toBe(written);
  });

  test('is never longer than its limit, and no character is cut in half', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (any, longest) => {
        expect(cut(any, longest).length).toBeLessThanOrEqual(longest + 2);
        expect(cut(any, longest)).not.toMatch(/\p{Cs}/u);
      }),
    );
  });

  test('is every message, whatever names it contains', () => {
    const { message } = tell('listNotOwned', { list: 'VIP\u001b]0;owned\u0007\u202e', activation: 'vip' });
    expect(message).not.toMatch(OBEYED);
    expect(
      tell('requestUnusable', { problems: [{ unknown: ['x'.repeat(100_000)] }] }).message.length,
    ).toBeLessThan(9_000);
  });
});

describe('JSON for a terminal', () => {
  test('has the same data, and nothing that controls a terminal', () => {
    fc.assert(
      fc.property(fc.jsonValue(), text, (value, any) => {
        const json = JSON.stringify({ value, any }, null, 2);
        expect(cleanJson(json)).not.toMatch(OBEYED);
        expect(JSON.parse(cleanJson(json))).toEqual(JSON.parse(json));
      }),
    );
  });
});

describe('a line of CSV', () => {
  test('has one cell for each value, and none is a formula', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (cells) => {
        const [read] = parse(csvLine(cells));
        expect(read).toHaveLength(cells.length);
        for (const cell of read!) {
          expect(cell).not.toMatch(OBEYED);
          expect(cell).not.toMatch(/^\s*[=@\t]/);
          expect(cell).not.toMatch(/^\s*[+-](?!\d+(\.\d+)?$)/);
        }
      }),
    );
  });

  test.each([
    ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"\n`],
    ['@SUM(A1)', "'@SUM(A1)\n"],
    ['-1+1', "'-1+1\n"],
    ['\t=1', "' =1\n"],
    ['+32470123456', '+32470123456\n'],
    ['-1.5', '-1.5\n'],
    ['anna@shop.be', 'anna@shop.be\n'],
    [null, '\n'],
    ['', '""\n'],
  ])('%j becomes %j', (cell, line) => {
    expect(csvLine([cell])).toBe(line);
  });
});
