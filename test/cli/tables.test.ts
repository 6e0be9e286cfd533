import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeInspection } from '../../cli/commands/inspect.ts';
import { table } from '../../cli/table.ts';

const NOW = Date.parse('2026-11-23T12:00:00.000Z');

test('lists shows the expiry in words, a list that targets no profile, and how many more lists there are', () => {
  const lists = [
    {
      name: 'VIP',
      profiles: 895,
      expires: '2026-11-25T12:00:00.000Z',
      file: 'VIP.csv',
      owner: 'vip',
      orphaned: false,
    },
    {
      name: 'Old',
      profiles: 0,
      expires: '2026-11-23T11:59:59.000Z',
      file: null,
      owner: 'gone',
      orphaned: true,
    },
    { name: 'By hand', profiles: null, expires: null, file: null, owner: null, orphaned: false },
  ];
  expect(
    describeInspection(
      { what: 'lists', destination: 'actito', lists, more: 3 },
      { width: Infinity, now: NOW },
    ),
  ).toEqual([
    'External target lists (destination actito)',
    'LIST     PROFILES  EXPIRES                               LAST FILE  ACTIVATION',
    'VIP      895       in 2 days (2026-11-25T12:00:00.000Z)  VIP.csv    vip',
    'Old      0         expired (2026-11-23T11:59:59.000Z)    –          gone (no longer in the project)',
    'By hand  –         –                                     –          –',
    '… and 3 more (not shown)',
  ]);
});

test('control characters in a name move no cursor and begin no line', () => {
  expect(table(['NAME', 'OWNER'], [['a\u001b[31m\nb\u009bc', 'x']])).toEqual([
    'NAME        OWNER',
    'a [31m b c  x',
  ]);
});

test('wide letters keep the columns aligned', () => {
  expect(table(['NAME', 'X'], [['客户', '1'], ['abcd', '2']])).toEqual(['NAME  X', '客户  1', 'abcd  2']); // prettier-ignore
});

test('whatever the cells contain, each row is one line and its columns begin below their headings', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'Z', '-', '\n', '\t', '\u001b', '.'), maxLength: 12 });
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), (rows) => {
      const [head, ...lines] = table(['FIRST', 'SECOND'], rows);
      expect(lines).toHaveLength(rows.length);
      const second = head!.indexOf('SECOND');
      for (const [i, [, text]] of rows.entries()) {
        expect(lines[i]!.slice(second)).toBe(text.replace(/\p{Cc}/gu, ' ').trimEnd());
      }
    }),
  );
});

test('a table that does not fit a terminal below 100 columns has a block for each row, with the headings as labels', () => {
  const head = ['ACTIVATION', 'OUTCOME', 'LIST'];
  const rows = [
    ['vip', 'succeeded with rejects', 'valid for 44 h'],
    ['club', 'held', 'expired'],
  ];
  const wide = table(head, rows, Infinity);
  const size = Math.max(...wide.map((line) => line.length));
  expect(table(head, rows, size)).toEqual(wide);
  expect(table(head, rows, size - 1)).toEqual([
    'ACTIVATION:  vip',
    'OUTCOME:     succeeded with rejects',
    'LIST:        valid for 44 h',
    '',
    'ACTIVATION:  club',
    'OUTCOME:     held',
    'LIST:        expired',
  ]);
});

test('from 100 columns on, and in a pipe, a table keeps its columns side by side', () => {
  const rows = [['x'.repeat(150), 'y']];
  expect(table(['A', 'B'], rows, 100)).toEqual(table(['A', 'B'], rows));
  expect(table(['A', 'B'], rows, 99)).toHaveLength(2);
});
