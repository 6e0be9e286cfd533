import fc from 'fast-check';
import { converterFor, type ValueRules } from '../../activation/values/convert.ts';
import type { ActitoType, ColumnKind } from '../../activation/values/kinds.ts';
import { Failure } from '../../contract/failure.ts';

export type SentKind = Exclude<ColumnKind, 'unsupported'>;

const KINDS = ['text', 'boolean', 'integer', 'decimal', 'float', 'date', 'timestamp', 'timestamptz'] as const;
const TYPES = ['STRING', 'INTEGER', 'LONG', 'NUMBER', 'BOOLEAN', 'DATE', 'TIMESTAMP'] as const;
const FORMATS = ['EMAIL_ADDRESS', 'SEX', 'MOTHER_LANGUAGE', 'PERSON_TITLE', 'PHONE', 'COUNTRY'] as const;

/** Rules under which every kind of column can feed all its possible types. */
export const RULES: ValueRules[] = [
  { timezone: 'Europe/Brussels', defaultCountry: 'BE' },
  { timezone: 'America/St_Johns', defaultCountry: 'US', lengthUnit: 'codePoints', numberDigits: 19 },
  { timezone: 'Pacific/Apia', lengthUnit: 'utf8Bytes', numberDigits: 400 },
];

/** Every kind of column with every type that it can feed. */
export const PAIRS: { kind: SentKind; type: ActitoType }[] = KINDS.flatMap((kind) =>
  [...TYPES, ...FORMATS].filter((type) => canFeed(kind, type)).map((type) => ({ kind, type })),
);

function canFeed(kind: ColumnKind, type: ActitoType): boolean {
  try {
    converterFor({ name: 'c', kind, databaseType: kind }, { type }, RULES[0]);
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

/** Limits of texts, around which lengths are tried. */
export const MAX_LENGTHS = [undefined, 1, 4, 5, 9, 10, 18, 19, 20, 255];

const words = (text: string) => text.trim().split(/[ \n]+/);
const DATES = words(`2026-01-31 2026-02-28 2026-02-29 2024-02-29 2026-04-30 2026-04-31 9999-12-31 0000-01-01
  0001-01-01 10000-01-01 2026-00-10 2026-13-01 2026-01-00 2026-01-32`);
const TIMES = words(`00:00:00 23:59:59 24:00:00 10:60:00 10:20:60 10:20 10:20:30. 10:20:30.123456`);
const OFFSETS = ['', ' +00', ' BC', ...words('+00 -00 +02 +00:00 +0000 Z z +15:59 +16 +0')];
/** Around the clock changes of several zones, and a day that Samoa skipped. */
const TRANSITIONS =
  words(`2026-03-29T01:59:59 2026-03-29T02:00:00 2026-03-29T02:30:00 2026-03-29T03:00:00 2026-10-25T00:30:00
  2026-10-25T01:30:00 2026-10-25T02:00:00 2026-10-25T02:59:59 2026-03-08T02:30:00 2026-11-01T00:30:00 2011-12-30T12:00:00
  1892-04-30T23:50:00 0001-01-01T00:00:00 9999-12-31T23:59:59 2000-02-29T22:30:00`).map((text) =>
    text.replace('T', ' '),
  );
const BLANKS = [...' \u00a0\u1680\u2003\u2028\u202f\u205f\u3000\ufeff'];
const NO_BLANKS = [
  ...'\u00ad\u180e\u200b\u0080\u0085\u009f\u0001\u000b\u007f~¿éΩжが中한𝒳🙂\u202e\u2067\u0301"\';,\\\t\n\r',
];
const LENGTHS = [1, 4, 5, 9, 10, 18, 19, 20, 255];

export const TRICKY_VALUES = [
  '',
  '  ',
  ' \u00a0\u3000 ',
  'a\r\nb',
  'said "yes"',
  '\\N',
  '\\\\N',
  'é\u009c',
  '=1+1',
  '👩‍👩‍👧',
  ...[...BLANKS, ...NO_BLANKS].flatMap((char) => [char, `a${char}`, `${char}1`, ` ${char}`]),
  'é'.repeat(127),
  'é'.repeat(128),
  '🙂'.repeat(255),
  '🙂'.repeat(256),
  '0'.repeat(30),
  '9'.repeat(40),
  ...LENGTHS.flatMap((length) => ['x'.repeat(length), 'x'.repeat(length + 1), `0.${'1'.repeat(length)}`]),
  ...words(
    '0 1 -1 00 007 -007 -0 +5 5. .5 -.5 - + . -. 1.2.3 --1 1-1 0.0 -0.0 -0.01 0.50 1.50 12.00 -12.50 00.5 01.5',
  ),
  ...words(
    '1e5 1E+20 1e-7 1e400 1e401 NaN nan -NaN Infinity -Infinity infinity -infinity 0x10 1_000 1,5 ٣ １ N',
  ),
  ...words(
    '999999999 1000000000 2147483647 2147483648 -2147483648 -2147483649 -999999999 999999999999999999',
  ),
  ...words(
    '1000000000000000000 9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809',
  ),
  ...words(
    't f T F y n Y true false TRUE yes no 2 tt M m x MF fr FR Fr fr-BE fr_BE fr- f1 1f [] @a [a a{ fra Zoë «Liège»',
  ),
  ...words(`anna@shop.be Anna@Shop.BE o'x@shop.be a..b@shop.be a@b zoë@shop.be anna@zoë.be a@b.c ;@shop.be`),
  ...words(
    '2026-1-31 2026/01/31 ２026-01-31 2026-01-31T /026-01-01 2026-01-3 2026-01:31 2026:01-31 -026-01-01',
  ),
  ...words('2026-01-31T10:20:30 2026-01-31t10:20:30 2026-01-31_10:20:30'),
  ...[
    '10-20:30',
    '10:20-30',
    '1a:20:30',
    ' 10:20:30',
    '10:20:30,5',
    '10:20:30x',
    '10:20:30.12x',
    '10:20:30.+00',
    '10:20:3',
  ].map((time) => `2026-01-31 ${time}`),
  ...TIMES.flatMap((time) => OFFSETS.map((offset) => `2026-01-31 ${time}${offset}`)),
  ...DATES.flatMap((date) => [
    date,
    `${date} 00:00:00`,
    `${date} 23:59:59.9+00`,
    `${date} BC`,
    `${date} `,
    ` ${date}`,
  ]),
  ...words(
    'Mr mr. MRS Ms. Mx Mrss BE be UK GB XX XK EU xx zz sh FR-be +3210458514 0475123456 32475123456 012',
  ),
  ...TRANSITIONS.flatMap((moment) => [moment, `${moment}.5`, `${moment}+00`, `${moment} Z`, `${moment}+02`]),
  '9999-12-31 23:59:59-01',
  '0001-01-01 00:00:00+01',
  'Zo\ufffd\uffff',
  '\uffff',
  '\ufffe\uffbf',
  '0000-12-31 23:59:59-01',
];

/** Characters that change the meaning of a value wherever they are. */
const mutated = fc
  .record({
    value: fc.constantFrom(...TRICKY_VALUES),
    at: fc.nat(30),
    cut: fc.nat(2),
    char: fc.constantFrom(
      '',
      '0',
      '9',
      '-',
      '+',
      '.',
      ' ',
      ':',
      'e',
      'T',
      '\t',
      '\\',
      '"',
      ';',
      '\u0085',
      'é',
      '\u00a0',
    ),
  })
  .map(({ value, at, cut, char }) => value.slice(0, at) + char + value.slice(at + cut))
  .filter((text) => !/\p{Surrogate}/u.test(text));

/** Texts as PostgreSQL can hold them: without U+0000. */
export const valueArb: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...TRICKY_VALUES) },
  { weight: 3, arbitrary: mutated },
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\0', '')),
  fc.string({ unit: 'grapheme', maxLength: 22 }).map((text) => text.replaceAll('\0', '')),
  fc.stringMatching(/^-?[0-9]{1,19}(\.[0-9]{1,6})?$/),
  fc.stringMatching(
    /^[0-9]{4}-[01][0-9]-[0-3][0-9]( [0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{1,6})?(\+0[02])?)?$/,
  ),
);
