import { describe, expect, it } from 'vitest';
import { cronProblem } from '../../activation/definition/cron.ts';
import { oddStarts } from '../../activation/definition/clock-changes.ts';
import { longestGap, shortestGap } from '../../activation/definition/longest-gap.ts';
import { scheduleSchema } from '../../activation/definition/schedule.ts';

const HOUR = 3_600_000;
const gapOf = (schedule: object) => longestGap(scheduleSchema.parse(schedule)) / HOUR;

// A Temporal server reads them in the same way: it was asked for the next starts of each.
it.each([
  '* * * * *',
  '*/10 * * * *',
  '0 6 * * MON-FRI',
  '0 6 * * mon,fri',
  '0 6 * * 7',
  '0 6 * * 5-7',
  '1,2,3 6 1-31/7 * *',
  '0 0 1 jan *',
  '  0   6 * JAN-MAR *  ',
  '0 6 29 2 *',
])('the cron expression %j is valid', (text) => {
  expect(cronProblem(text)).toBeUndefined();
});

describe('the longest time between two runs', () => {
  it.each<[schedule: object, hours: number]>([
    [{ every: '15m' }, 0.25],
    [{ cron: '* * * * *' }, 1 / 60],
    [{ cron: '0 6 * * *' }, 24],
    [{ cron: '0 6 * * *', timezone: 'Europe/Paris' }, 24],
    [{ cron: '0 6,18 * * *' }, 12],
    [{ cron: '0 6,9 * * *' }, 21],
    [{ cron: '30 6-20/2 * * *' }, 10],
    [{ cron: '0 6 * * MON-FRI' }, 3 * 24],
    [{ cron: '0 6,18 * * MON-FRI' }, 2 * 24 + 12],
    [{ cron: '0 6 * * MON' }, 7 * 24],
    [{ cron: '0 6 1 * *' }, 31 * 24],
    [{ cron: '0 6 1 2,3 *' }, 337 * 24],
    [{ cron: '0 6 1 1 *' }, 366 * 24],
    [{ cron: '0 6 29 2 *' }, (4 * 365 + 1) * 24],
    [{ calendar: { hour: 6 } }, 24],
    [{ calendar: { hour: [6, 18], minute: 30 } }, 12],
    [{ calendar: { hour: 6, dayOfWeek: ['MONDAY', 'THURSDAY'] } }, 4 * 24],
    [{ calendar: { hour: 6, dayOfMonth: [1, 15] } }, 17 * 24],
    [{ calendar: { hour: 0, dayOfWeek: 'SUNDAY', month: 'JANUARY' } }, 336 * 24],
  ])('of %j is %f hours', (schedule, hours) => {
    expect(gapOf(schedule)).toBe(hours);
  });

  it('of a calendar counts only days on which both the month and the weekday match', () => {
    // In 2027 and after: the 13ths that are Fridays are 2027-08-13 and 2028-10-13.
    expect(gapOf({ calendar: { hour: 6, dayOfMonth: 13, dayOfWeek: 'FRIDAY' } })).toBe(427 * 24);
  });
});

it.each<[schedule: object, hours: number]>([
  [{ every: '15m' }, 0.25],
  [{ cron: '0 6 * * *' }, 24],
  [{ cron: '0 6,9 * * *' }, 3],
  [{ cron: '0 6,22 * * *' }, 8],
  [{ cron: '*/10 * * * *' }, 1 / 6],
  [{ cron: '0 6 * * MON' }, 7 * 24],
  [{ cron: '0 6 * * MON-FRI' }, 24],
  [{ calendar: { hour: [6, 18], dayOfWeek: ['MONDAY', 'THURSDAY'] } }, 12],
  [{ cron: '0 6 1 1 *' }, 365 * 24],
])('the shortest time between two runs of %j is %f hours', (schedule, hours) => {
  expect(shortestGap(scheduleSchema.parse(schedule)) / HOUR).toBeCloseTo(hours, 9);
});

describe('a start at a time that the clock changes', () => {
  const odd = (schedule: object) =>
    oddStarts(scheduleSchema.parse(schedule)).map(
      ({ at, missing }) => `${at} ${missing ? 'missing' : 'twice'}`,
    );

  // test/client/clock-changes.test.ts checks what Temporal does at these times.
  it.each<[schedule: object, starts: string[]]>([
    [
      { cron: '30 2 * * *', timezone: 'Europe/Paris' },
      ['2027-03-28 02:30 missing', '2027-10-31 02:30 twice'],
    ],
    [{ cron: '0 2 * * *', timezone: 'Europe/Paris' }, ['2027-03-28 02:00 missing', '2027-10-31 02:00 twice']],
    [
      { calendar: { hour: 2, minute: 59 }, timezone: 'Europe/Paris' },
      ['2027-03-28 02:59 missing', '2027-10-31 02:59 twice'],
    ],
    [{ cron: '30 2 * * *', timezone: 'America/New_York' }, ['2027-03-14 02:30 missing']],
    [{ cron: '30 1 * * *', timezone: 'America/New_York' }, ['2027-11-07 01:30 twice']],
    [{ cron: '0 0 * * *', timezone: 'Africa/Cairo' }, ['2027-04-30 00:00 missing']],
    [{ cron: '15 2 * * *', timezone: 'Australia/Lord_Howe' }, ['2027-10-03 02:15 missing']],
    [{ cron: '30 2 28 3 *', timezone: 'Europe/Paris' }, ['2027-03-28 02:30 missing']],
    [{ cron: '30 2 26 3 *', timezone: 'Europe/Paris' }, ['2028-03-26 02:30 missing']],
    [
      { cron: '30 1 * * *', timezone: 'Europe/London' },
      ['2027-03-28 01:30 missing', '2027-10-31 01:30 twice'],
    ],
  ])('of %j is found', (schedule, starts) => {
    expect(odd(schedule)).toEqual(starts);
  });

  it.each<object>([
    { cron: '0 6 * * *', timezone: 'Europe/Paris' },
    { cron: '0 3 * * *', timezone: 'Europe/Paris' },
    { cron: '59 1 * * *', timezone: 'Europe/Paris' },
    { cron: '30 2 * * MON-SAT', timezone: 'Europe/Paris' },
    { cron: '30 2 * JUN *', timezone: 'Europe/Paris' },
    { cron: '30 2 * * *' },
    { cron: '30 2 * * *', timezone: 'UTC' },
    { cron: '30 2 * * *', timezone: 'Asia/Kolkata' },
    { every: '24h' },
    { cron: '*/10 * * * *', timezone: 'Europe/Paris' },
    { cron: '30 * * * *', timezone: 'Europe/Paris' },
    { cron: '30 2,3 * * *', timezone: 'Europe/Paris' },
  ])('of %j does not exist, or is run at once', (schedule) => {
    expect(odd(schedule)).toEqual([]);
  });
});
