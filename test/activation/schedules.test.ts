import { describe, expect, it } from 'vitest';
import { cronProblem } from '../../activation/definition/cron.ts';
import { longestGap } from '../../activation/definition/longest-gap.ts';
import { scheduleSchema } from '../../activation/definition/schedule.ts';

const HOUR = 3_600_000;
const gapOf = (schedule: object) => longestGap(scheduleSchema.parse(schedule)) / HOUR;

// Read in the same way by a Temporal server, which was asked for the next starts of each.
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
])('the cron expression %j is taken', (text) => {
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

  it('of a calendar counts only days on which both the month and the week agree', () => {
    // In 2027 and after: the 13ths that are Fridays are 2027-08-13 and 2028-10-13.
    expect(gapOf({ calendar: { hour: 6, dayOfMonth: 13, dayOfWeek: 'FRIDAY' } })).toBe(427 * 24);
  });
});
