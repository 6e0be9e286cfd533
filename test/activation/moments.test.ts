import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDate, toTimestamp } from '../../activation/values/moments.ts';

const moments = fc.date({
  min: new Date('0001-01-02T00:00:00Z'),
  max: new Date('9999-12-30T00:00:00Z'),
  noInvalidDate: true,
});

describe('TIMESTAMP', () => {
  it('is the moment in UTC with its fraction cut, whatever offset the text has', () => {
    fc.assert(
      fc.property(moments, fc.integer({ min: -12 * 60, max: 14 * 60 }), (moment, offset) => {
        const local = new Date(moment.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) =>
          String(part).padStart(2, '0'),
        );
        const sign = offset < 0 ? '-' : '+';
        const value = moment.toISOString().slice(0, 19).replace('T', ' ');
        expect(toTimestamp(`${local}${sign}${hours}:${minutes}`)).toEqual({ value });
        expect(toTimestamp(`${local.replace('T', ' ')}${sign}${hours}${minutes}`)).toEqual({ value });
      }),
    );
  });

  it.each([
    ['2026-01-31', '2026-01-31 00:00:00'],
    ['2026-01-31 10:20:30.999999', '2026-01-31 10:20:30'],
    ['2026-01-31 10:20:30.123+00', '2026-01-31 10:20:30'],
    ['2026-01-31T23:30:00-02:00', '2026-02-01 01:30:00'],
    ['2026-01-31T10:20Z', '2026-01-31 10:20:00'],
    ['0099-03-01 00:00:00', '0099-03-01 00:00:00'],
    ['1969-12-31 23:59:59.7', '1969-12-31 23:59:59'],
  ])('%j is sent as %s', (text, value) => {
    expect(toTimestamp(text)).toEqual({ value });
  });
});

describe('DATE', () => {
  it.each([
    ['2026-01-31', '2026-01-31'],
    [' 2024-02-29 ', '2024-02-29'],
    ['2026-01-31 23:59:59.5', '2026-01-31'],
    ['2026-01-31 23:30:00-02', '2026-02-01'],
    ['0001-01-01', '0001-01-01'],
    ['9999-12-31', '9999-12-31'],
  ])('%j is sent as %s', (text, value) => {
    expect(toDate(text)).toEqual({ value });
  });
});

describe.each([
  ['DATE', toDate],
  ['TIMESTAMP', toTimestamp],
])('%s', (_, convert) => {
  it.each([
    ['2023-02-29', 'ValueNotADate'],
    ['2026-13-01', 'ValueNotADate'],
    ['2026-00-10', 'ValueNotADate'],
    ['2026-04-31', 'ValueNotADate'],
    ['2026-01-31 24:00:00', 'ValueNotADate'],
    ['2026-01-31 10:61:00', 'ValueNotADate'],
    ['2026-01-31T10:20:30+25:00', 'ValueNotADate'],
    ['31/01/2026', 'ValueNotADate'],
    ['20260131', 'ValueNotADate'],
    ['yesterday', 'ValueNotADate'],
    ['infinity', 'ValueOutOfRange'],
    ['-infinity', 'ValueOutOfRange'],
    ['0044-03-15 BC', 'ValueOutOfRange'],
    ['0044-03-15 10:00:00+00 BC', 'ValueOutOfRange'],
    ['10000-01-01', 'ValueOutOfRange'],
    ['0000-01-01', 'ValueOutOfRange'],
    ['0001-01-01T00:00:00+01:00', 'ValueOutOfRange'],
    ['9999-12-31T23:30:00-01:00', 'ValueOutOfRange'],
  ])('refuses %j as %s', (text, reject) => {
    expect(convert(text)).toEqual({ reject });
  });
});
