import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { oddStarts } from '../../activation/definition/clock-changes.ts';
import { scheduleSchema } from '../../activation/definition/schedule.ts';
import { wantedSchedule } from '../../client/schedule-spec.ts';
import { connectClient, freshId } from '../cli/support.ts';

let client: Client;
beforeAll(async () => {
  client = await connectClient();
});
afterAll(() => client?.connection.close());

/** The starts of a schedule, as Temporal forecasts them, in its own time of day. */
async function startsOf(schedule: object): Promise<string[]> {
  const owner = { project: 'clocks', taskQueue: 'nobody' };
  const wanted = wantedSchedule({ id: freshId('clocks'), schedule: scheduleSchema.parse(schedule) }, owner);
  const handle = await client.schedule.create({ ...wanted, spec: { ...wanted.spec, jitter: 0 } });
  const { info, spec } = await handle.describe();
  await handle.delete();
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: spec.timezone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return info.nextActionTimes.map((start) => format.format(start));
}

// Starts on the days from 25 to 31 are few enough for Temporal to list them until the change.
test.each([
  {
    calendar: { hour: 2, minute: 30, month: 'MARCH', dayOfMonth: [25, 26, 27, 28, 29, 30, 31] },
    timezone: 'Europe/Paris',
  },
  { calendar: { hour: 0, month: 'APRIL', dayOfMonth: [29, 30] }, timezone: 'Africa/Cairo' },
])(
  'Temporal skips a start in the hour that the clock jumps over, and the warning names it: %j',
  async (schedule) => {
    const [odd] = oddStarts(scheduleSchema.parse(schedule));
    const starts = await startsOf(schedule);
    expect(odd?.missing).toBe(true);
    const year = odd!.at.slice(0, 4);
    const inYear = starts.filter((start) => start.startsWith(year));
    const days = schedule.calendar.dayOfMonth;
    expect(inYear.map((start) => Number(start.slice(8, 10)))).toEqual(
      days.filter((day) => day !== Number(odd!.at.slice(8, 10))),
    );
  },
);
