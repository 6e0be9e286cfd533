import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure, type Failure } from '../../contract/failure.ts';
import { converterFor, isEmptyText } from '../../activation/values/convert.ts';
import { unescapeCopy } from '../../activation/values/copy.ts';
import type { ActitoType, Column, ColumnKind } from '../../activation/values/kinds.ts';
import { VALUE_REJECTS } from '../../activation/values/rejects.ts';

const KINDS = ['text', 'boolean', 'integer', 'decimal', 'float', 'date', 'timestamp', 'timestamptz'] as const;
const column = (kind: ColumnKind, databaseType: string = kind): Column => ({
  name: 'the_column',
  kind,
  databaseType,
});

/** Sample values of each type in an import file. */
const FORMATS: Record<ActitoType, RegExp> = {
  STRING: /^(\P{Cc}|[\t\n\r])*$/u,
  INTEGER: /^-?\d{1,10}$/,
  LONG: /^-?\d{1,19}$/,
  NUMBER: /^-?\d+(\.\d+)?$/,
  BOOLEAN: /^(TRUE|FALSE)$/,
  DATE: /^\d{4}-\d\d-\d\d$/,
  TIMESTAMP: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
  EMAIL_ADDRESS: /^[^@\s]+@[^@\s]+\.[^@\s]{2,}$/,
  SEX: /^[MF]$/,
  MOTHER_LANGUAGE: /^[A-Z]{2}$/,
  PERSON_TITLE: /^(Mr|Mrs|Ms)$/,
  PHONE: /^\+[1-9]\d{6,14}$/,
  COUNTRY: /^[A-Z]{2}$/,
};
const RULES = { timezone: 'Europe/Brussels', defaultCountry: 'BE' };
const TYPES = Object.keys(FORMATS) as ActitoType[];

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    't',
    'f',
    '0',
    '1',
    'M',
    'fr-BE',
    'a@b.cd',
    'NaN',
    '1e+20',
    '12.00',
    '-7',
    '2026-01-31',
    'infinity',
  ),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.double().map(String),
);

function refusal(kind: ColumnKind, type: ActitoType, databaseType?: string): Failure {
  try {
    converterFor(column(kind, databaseType), { type });
  } catch (error) {
    if (isFailure(error)) return error;
    throw error;
  }
  throw new Error(`${kind} was accepted for ${type}`);
}

describe('a conversion', () => {
  it('yields a value in its format or a documented reason, for any text of any accepted pair', () => {
    const pairs = TYPES.flatMap((type) => KINDS.map((kind) => ({ type, kind }))).filter(({ type, kind }) => {
      try {
        return Boolean(converterFor(column(kind), { type }, RULES));
      } catch {
        return false;
      }
    });
    expect(pairs).toHaveLength(8 + 3 * 4 + 3 + 2 * 4 + 5 + 3);
    fc.assert(
      fc.property(fc.constantFrom(...pairs), anyText, ({ type, kind }, text) => {
        const converted = converterFor(column(kind), { type }, RULES)(text);
        if ('value' in converted) expect(converted.value).toMatch(FORMATS[type]);
        else expect(VALUE_REJECTS).toHaveProperty(converted.reject);
      }),
      { numRuns: 3000 },
    );
  });

  it.each<[ColumnKind, ActitoType, string, string]>([
    ['text', 'STRING', 'Liège,\n"7"\t', 'Liège,\n"7"\t'],
    ['boolean', 'STRING', 't', 'TRUE'],
    ['boolean', 'STRING', 'f', 'FALSE'],
    ['integer', 'STRING', '-42', '-42'],
    ['decimal', 'STRING', '12.00', '12.00'],
    ['float', 'STRING', '1e+20', '1e+20'],
    ['date', 'STRING', '2026-01-31', '2026-01-31'],
    ['timestamp', 'STRING', '2026-01-31 10:20:30.5', '2026-01-31 10:20:30'],
    ['timestamptz', 'STRING', '2026-01-31 10:20:30.5+00', '2026-01-31 10:20:30'],
    ['decimal', 'INTEGER', '12.00', '12'],
    ['integer', 'LONG', '9223372036854775807', '9223372036854775807'],
    ['float', 'NUMBER', '1.5e-7', '0.00000015'],
    ['boolean', 'BOOLEAN', 't', 'TRUE'],
    ['integer', 'BOOLEAN', '0', 'FALSE'],
    ['text', 'BOOLEAN', ' Yes ', 'TRUE'],
    ['text', 'BOOLEAN', 'n', 'FALSE'],
    ['timestamptz', 'DATE', '2026-01-31 23:59:59+00', '2026-02-01'],
    ['timestamp', 'DATE', '2026-01-31 23:59:59', '2026-01-31'],
    ['timestamp', 'TIMESTAMP', '2026-01-31 23:59:59', '2026-01-31 22:59:59'],
    ['date', 'TIMESTAMP', '2026-01-31', '2026-01-31 00:00:00'],
    ['text', 'EMAIL_ADDRESS', ' Anna@Shop.BE', 'anna@shop.be'],
    ['text', 'SEX', 'f', 'F'],
    ['text', 'MOTHER_LANGUAGE', 'fr', 'FR'],
    ['text', 'MOTHER_LANGUAGE', 'nl-BE', 'NL'],
    ['text', 'MOTHER_LANGUAGE', 'de_AT', 'DE'],
    ['text', 'PERSON_TITLE', 'mrs.', 'Mrs'],
    ['text', 'COUNTRY', ' be', 'BE'],
    ['text', 'PHONE', '+32 10 45 85 14', '+3210458514'],
    ['text', 'PHONE', '010 45 85 14', '+3210458514'],
  ])('of %s to %s converts %j to %j', (kind, type, text, value) => {
    expect(converterFor(column(kind), { type }, RULES)(text)).toEqual({ value });
  });

  it.each<[ColumnKind, ActitoType, string, string]>([
    ['text', 'STRING', 'a\u0000b', 'ValueHasControlCharacter'],
    ['text', 'STRING', 'a\u009bb', 'ValueHasControlCharacter'],
    ['text', 'STRING', 'x'.repeat(256), 'ValueTooLong'],
    ['decimal', 'STRING', 'NaN', 'ValueNotANumber'],
    ['float', 'STRING', '-Infinity', 'ValueNotANumber'],
    ['timestamp', 'STRING', 'infinity', 'ValueOutOfRange'],
    ['integer', 'BOOLEAN', '2', 'ValueNotABoolean'],
    ['text', 'BOOLEAN', 'maybe', 'ValueNotABoolean'],
    ['text', 'EMAIL_ADDRESS', 'anna', 'ValueNotAnEmail'],
    ['text', 'SEX', 'male', 'ValueNotASex'],
    ['text', 'MOTHER_LANGUAGE', 'fra', 'ValueNotALanguage'],
    ['text', 'MOTHER_LANGUAGE', 'xx', 'ValueNotALanguage'],
    ['text', 'COUNTRY', 'UK', 'ValueNotACountry'],
    ['text', 'COUNTRY', 'Belgium', 'ValueNotACountry'],
    ['text', 'PERSON_TITLE', 'Dr', 'ValueNotATitle'],
    ['text', 'PHONE', 'call me', 'ValueNotAPhoneNumber'],
    ['text', 'PHONE', '010 45 85 14', 'ValueCountryMissing'],
    ['text', 'NUMBER', '9'.repeat(101), 'ValueTooManyDigits'],
    ['text', 'NUMBER', `0.${'3'.repeat(101)}`, 'ValueTooManyDigits'],
    ['float', 'NUMBER', '1e+150', 'ValueTooManyDigits'],
    ['text', 'STRING', '\u{1f600}'.repeat(200), 'ValueTooLong'],
    ['text', 'EMAIL_ADDRESS', '\u00e1nna@shop.example', 'ValueNotAnEmail'],
    ['text', 'DATE', '2026-01-31T10:00Z', 'ValueZoneUnknown'],
    ['text', 'TIMESTAMP', '2026-01-31 10:00', 'ValueZoneUnknown'],
  ])('of %s to %s rejects %j as %s', (kind, type, text, reject) => {
    expect(converterFor(column(kind), { type })(text)).toEqual({ reject });
  });

  it.each([
    ['utf16Units', '😀é', '😀éa'],
    ['codePoints', '😀éa', '😀éab'],
    ['utf8Bytes', 'aé', '😀'],
  ] as const)('measures a text in %s', (lengthUnit, fits, isTooLong) => {
    const rules = { lengthUnit };
    const most = converterFor(column('text'), { type: 'STRING', maxLength: 3 }, rules);
    expect([most(fits), most(isTooLong)]).toEqual([{ value: fits }, { reject: 'ValueTooLong' }]);
    const least = converterFor(column('text'), { type: 'STRING', minLength: 4 }, rules);
    expect([least(fits), least(isTooLong)]).toEqual([{ reject: 'ValueTooShort' }, { value: isTooLong }]);
  });

  it('limits an e-mail address and a phone number to the length of their attribute', () => {
    const short = { maxLength: 10, minLength: 9 };
    const email = converterFor(column('text'), { type: 'EMAIL_ADDRESS', ...short });
    expect([email('anna@shop.be'), email('a@shop.be'), email('a@sh.be')]).toEqual([
      { reject: 'ValueTooLong' },
      { value: 'a@shop.be' },
      { reject: 'ValueTooShort' },
    ]);
    expect(converterFor(column('text'), { type: 'PHONE', ...short })('+3210458514')).toEqual({
      reject: 'ValueTooLong',
    });
  });

  it.each([
    ['timestamptz', 'DATE', /type timestamptz: its date depends on a time zone.*Set timezone/],
    ['timestamp', 'TIMESTAMP', /type timestamp: its point in time depends on a time zone.*Set timezone/],
  ] as const)('of %s to %s is rejected before any row if no time zone is set', (kind, type, message) => {
    expect(refusal(kind, type)).toMatchObject({ type: 'MappingInvalid' });
    expect(refusal(kind, type).message).toMatch(message);
  });

  it.each(TYPES)(
    'to %s rejects an unsupported column before any row, with its type and what to do',
    (type) => {
      const failure = refusal('unsupported', type, 'jsonb');
      expect(failure.type).toBe('MappingInvalid');
      expect(failure.message).toMatch(/"the_column" has type jsonb, which cannot be sent.*cast it/);
    },
  );

  it.each<[ColumnKind, ActitoType, string]>([
    [
      'boolean',
      'DATE',
      'cannot be converted to DATE in Actito (allowed: date, timestamp, timestamptz, text)',
    ],
    ['date', 'INTEGER', 'cannot be converted to INTEGER in Actito (allowed: integer, decimal, float, text)'],
    ['float', 'BOOLEAN', 'cannot be converted to BOOLEAN in Actito (allowed: boolean, integer, text)'],
    ['integer', 'SEX', 'cannot be converted to SEX in Actito (allowed: text)'],
  ])('of %s to %s is rejected before any row', (kind, type, message) => {
    expect(refusal(kind, type).message).toContain(message);
  });
});

describe('an empty text', () => {
  it('counts as null only in a text column', () => {
    expect(isEmptyText(column('text'), '')).toBe(true);
    expect(isEmptyText(column('text'), '   ')).toBe(true);
    expect(isEmptyText(column('text'), ' x ')).toBe(false);
    expect(isEmptyText(column('integer'), '')).toBe(false);
  });
});

describe('a field of a COPY line', () => {
  it('decodes to any text that was encoded in it', () => {
    const escapes: Record<string, string> = {
      '\\': '\\\\',
      '\t': '\\t',
      '\n': '\\n',
      '\r': '\\r',
      '\b': '\\b',
    };
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.array(fc.constantFrom('\\', '\t', '\n', '\r', '\b', 'N', 'n', 'é')).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (value) => {
        expect(unescapeCopy(value.replace(/[\\\t\n\r\b]/g, (char) => escapes[char]!))).toBe(value);
      }),
    );
  });

  it('is null only for \\N itself', () => {
    expect(unescapeCopy('\\N')).toBeNull();
    expect(unescapeCopy('\\\\N')).toBe('\\N');
    expect(unescapeCopy('')).toBe('');
    expect(unescapeCopy('\\f\\v')).toBe('\f\v');
  });
});
