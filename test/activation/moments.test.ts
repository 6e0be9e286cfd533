import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDateIn, toTimestamp, toTimestampIn } from '../../activation/values/moments.ts';
import { zoneOf } from '../../activation/values/zones.ts';

const moments = fc.date({
  min: new Date('0001-01-02T00:00:00Z'),
  max: new Date('9999-12-30T00:00:00Z'),
  noInvalidDate: true,
});
const [BRUSSELS, NEW_YORK, APIA] = ['Europe/Brussels', 'America/New_York', 'Pacific/Apia'] as const;
const dateIn = (zone: string | undefined, text: string) => toDateIn(zone ? zoneOf(zone) : undefined)(text);
const timestampIn = (zone: string | undefined, text: string) =>
  toTimestampIn(zone ? zoneOf(zone) : undefined)(text);

describe('TIMESTAMP', () => {
  it('is the time in UTC with its fraction truncated, whatever offset the text and whatever zone the mapping has', () => {
    fc.assert(
      fc.property(
        moments,
        fc.integer({ min: -12 * 60, max: 14 * 60 }),
        fc.constantFrom(undefined, BRUSSELS, NEW_YORK),
        (moment, offset, zone) => {
          const local = new Date(moment.getTime() + offset * 60_000).toISOString().slice(0, -1);
          const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) =>
            String(part).padStart(2, '0'),
          );
          const sign = offset < 0 ? '-' : '+';
          const value = moment.toISOString().slice(0, 19).replace('T', ' ');
          expect(timestampIn(zone, `${local}${sign}${hours}:${minutes}`)).toEqual({ value });
          expect(timestampIn(zone, `${local.replace('T', ' ')}${sign}${hours}${minutes}`)).toEqual({ value });
        },
      ),
    );
  });

  it.each([
    [BRUSSELS, '2026-01-31', '2026-01-31 00:00:00'], // a day is not a timestamp
    [BRUSSELS, '2026-01-31 10:20:30.999999', '2026-01-31 09:20:30'],
    [BRUSSELS, '2026-07-31 10:20:30', '2026-07-31 08:20:30'],
    [BRUSSELS, '2026-07-31T00:20', '2026-07-30 22:20:00'],
    [BRUSSELS, '2026-01-31 10:20:30.123+00', '2026-01-31 10:20:30'],
    [BRUSSELS, '2026-01-31T23:30:00-02:00', '2026-02-01 01:30:00'],
    [undefined, '2026-01-31T10:20Z', '2026-01-31 10:20:00'],
    [NEW_YORK, '2025-12-31 20:00:00', '2026-01-01 01:00:00'],
    ['UTC', '1969-12-31 23:59:59.7', '1969-12-31 23:59:59'],
    ['Asia/Kathmandu', '2026-01-31 05:45:00', '2026-01-31 00:00:00'],
    // Clocks move forward: the last and the first local time.
    [BRUSSELS, '2026-03-29 01:59:59', '2026-03-29 00:59:59'],
    [BRUSSELS, '2026-03-29 03:00:00', '2026-03-29 01:00:00'],
    // Clocks move back: the first of the two timestamps.
    [BRUSSELS, '2026-10-25 02:00:00', '2026-10-25 00:00:00'],
    [BRUSSELS, '2026-10-25 02:59:59', '2026-10-25 00:59:59'],
    [BRUSSELS, '2026-10-25 03:00:00', '2026-10-25 02:00:00'],
    [NEW_YORK, '2026-11-01 01:30:00', '2026-11-01 05:30:00'],
    // Before standard time, Brussels was 17 minutes and 30 seconds ahead.
    [BRUSSELS, '1850-06-01 00:00:00', '1850-05-31 23:42:30'],
  ])('in %s, %j is sent as %s', (zone, text, value) => {
    expect(timestampIn(zone, text)).toEqual({ value });
  });

  it.each([
    [BRUSSELS, '2026-03-29 02:00:00'],
    [BRUSSELS, '2026-03-29 02:59:59.9'],
    [NEW_YORK, '2026-03-08 02:30:00'],
    [APIA, '2011-12-30 12:00:00'], // Samoa moved across the date line
  ])('in %s, %j is rejected because the clocks skipped it', (zone, text) => {
    expect(timestampIn(zone, text)).toEqual({ reject: 'ValueNotInZone' });
    expect(dateIn(zone, text)).toEqual({ value: text.slice(0, 10) }); // the day in the text
  });

  it('is rejected for a local time without a time zone', () => {
    expect(timestampIn(undefined, '2026-01-31 10:20:30')).toEqual({ reject: 'ValueZoneUnknown' });
  });

  it('converts back to the local time, in any zone', () => {
    const zones = ['Europe/Brussels', 'Africa/Casablanca', 'Australia/Lord_Howe', 'America/St_Johns'];
    fc.assert(
      fc.property(moments, fc.constantFrom(...zones), (moment, name) => {
        const utc = Math.floor(moment.getTime() / 1_000);
        const zone = zoneOf(name);
        const local = utc + zone.offsetAt(utc);
        const back = zone.toUtc(local)!;
        expect(back + zone.offsetAt(back)).toBe(local);
        expect(back).toBeLessThanOrEqual(utc);
      }),
      { numRuns: 2_000 },
    );
  });
});

it('a text shows a timestamp as it is written, or in UTC if it has an offset', () => {
  expect(toTimestamp('2026-01-31 10:20:30.5')).toEqual({ value: '2026-01-31 10:20:30' });
  expect(toTimestamp('2026-01-31 10:20:30+02')).toEqual({ value: '2026-01-31 08:20:30' });
});

describe('DATE', () => {
  it.each([
    [undefined, '2026-01-31', '2026-01-31'],
    [undefined, ' 2024-02-29 ', '2024-02-29'],
    [BRUSSELS, '2026-01-31 23:59:59.5', '2026-01-31'],
    [undefined, '2026-01-31 00:00:00', '2026-01-31'],
    [undefined, '0001-01-01', '0001-01-01'],
    [NEW_YORK, '9999-12-31', '9999-12-31'],
    // The day of a timestamp depends on the place: this one was the 1st of March in Brussels.
    [BRUSSELS, '2000-02-29 22:00:00+00', '2000-02-29'],
    [BRUSSELS, '2000-02-29 23:00:00+00', '2000-03-01'],
    ['Europe/Athens', '2000-02-29 22:00:00+00', '2000-03-01'],
    ['UTC', '2000-02-29 22:00:00+00', '2000-02-29'],
    [BRUSSELS, '2000-03-01T00:00:00+01:00', '2000-03-01'],
    [NEW_YORK, '2000-03-01T00:00:00+01:00', '2000-02-29'],
    [BRUSSELS, '2026-06-30 22:00:00+00', '2026-07-01'], // summer time
    [BRUSSELS, '2026-12-31 22:59:59+00', '2026-12-31'],
    [APIA, '2011-12-30 09:59:59+00', '2011-12-29'],
    [APIA, '2011-12-30 10:00:00+00', '2011-12-31'],
  ])('in %s, %j is sent as %s', (zone, text, value) => {
    expect(dateIn(zone, text)).toEqual({ value });
  });

  it('is the date that Intl gives for any timestamp, in any zone', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    fc.assert(
      fc.property(moments, fc.constantFrom(...zones), (moment, timeZone) => {
        const parts = new Intl.DateTimeFormat('en-US', {
          timeZone,
          year: 'numeric',
          month: '2-digit',
          day: '2-digit',
        }).formatToParts(moment);
        const part = (type: string) => parts.find((one) => one.type === type)!.value;
        const value = `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
        expect(dateIn(timeZone, moment.toISOString())).toEqual({ value });
      }),
      { numRuns: 500 },
    );
  });

  it('is rejected for a timestamp without a time zone', () => {
    for (const text of ['2026-01-31 10:00:00+00', '2026-01-31T10:00Z', '2026-01-31 23:30:00-02'])
      expect(dateIn(undefined, text)).toEqual({ reject: 'ValueZoneUnknown' });
  });
});

describe.each([
  ['DATE', toDateIn(zoneOf(BRUSSELS))],
  ['TIMESTAMP', toTimestampIn(zoneOf(BRUSSELS))],
])('%s', (_, convert) => {
  it.each([
    ['2023-02-29', 'ValueNotADate'],
    ['1900-02-29', 'ValueNotADate'],
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
    ['10000-01-01 00:00:00+00', 'ValueOutOfRange'],
    ['0000-01-01', 'ValueOutOfRange'],
  ])('rejects %j as %s', (text, reject) => {
    expect(convert(text)).toEqual({ reject });
  });
});

it('a timestamp whose year is out of range in another zone is rejected', () => {
  const refused = { reject: 'ValueOutOfRange' };
  expect(dateIn(BRUSSELS, '9999-12-31 23:00:00+00')).toEqual(refused);
  expect(dateIn(NEW_YORK, '0001-01-01 04:00:00+00')).toEqual(refused);
  expect(timestampIn(BRUSSELS, '0001-01-01 00:00:00')).toEqual(refused);
  expect(timestampIn(NEW_YORK, '9999-12-31 23:00:00')).toEqual(refused);
  expect(timestampIn('UTC', '0001-01-01T00:00:00+01:00')).toEqual(refused);
  expect(timestampIn('UTC', '9999-12-31T23:30:00-01:00')).toEqual(refused);
});
