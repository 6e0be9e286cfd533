import type { Case } from './case.ts';

/** A schedule, and its problems. */
const WRONG: [schedule: string, problem: string][] = [
  ['{ timezone: Europe/Paris }', 'schedule: expected exactly one of cron, every and calendar'],
  ['{ cron: "0 6 * * *", every: 1h }', 'schedule: expected exactly one of cron, every and calendar'],
  [
    '{ every: 1h, timezone: UTC }',
    'schedule.timezone: expected no time zone with every, because an interval has no time of day, got "UTC"',
  ],
  [
    '{ cron: "0 6 * * *", timezone: Mars/Olympus }',
    'schedule.timezone: expected a time zone such as Europe/Paris, got "Mars/Olympus"',
  ],
  ['{ every: often }', 'schedule.every: expected a duration such as 15m, 48h or 2 days, got "often"'],
  [
    '{ evry: 1h }',
    'schedule.evry: unknown setting, did you mean "every"?\nschedule: expected exactly one of cron, every and calendar',
  ],
  ...['5', '0', 'no', '[3]'].map((pauseAfter): [string, string] => [
    `{ every: 1h, pauseAfter: ${pauseAfter} }`,
    'schedule.pauseAfter: expected a duration such as 6h, or "never"',
  ]),
  ['{ cron: 6 }', 'schedule.cron: expected text, got 6'],
  ...['', '0 6 * *', '0 0 6 * * *', '@daily', '0 6 * * * # daily', 'TZ=UTC 0 6 * * *'].map(
    (cron): [string, string] => [
      `{ cron: "${cron}" }`,
      `schedule.cron: expected a cron expression of five fields: minute, hour, day of month, month, day of week, got "${cron}"`,
    ],
  ),
  ...Object.entries({
    '60 6 * * *': 'field 1 (minute) has values from 0 to 59',
    '*/0 6 * * *': 'field 1 (minute) has values from 0 to 59',
    '0 24 * * *': 'field 2 (hour) has values from 0 to 23',
    '0 22-2 * * *': 'field 2 (hour) has values from 0 to 23',
    '0 6 L * *': 'field 3 (day of month) has values from 1 to 31',
    '0 6 0 * *': 'field 3 (day of month) has values from 1 to 31',
    '0 6 ? * 1': 'field 3 (day of month) has values from 1 to 31',
    '0 6 * 13 *': 'field 4 (month) has values from 1 to 12 or JAN to DEC',
    '0 6 * * FRI#2': 'field 5 (day of week) has values from 0 to 7 or SUN to SAT',
    '0 6 * * FRI-SUN': 'field 5 (day of week) has values from 0 to 7 or SUN to SAT',
    '0 6 * * monday': 'field 5 (day of week) has values from 0 to 7 or SUN to SAT',
  }).map(([cron, field]): [string, string] => [
    `{ cron: "${cron}" }`,
    `schedule.cron: expected a valid cron expression: ${field}, ranges (1-5), steps (*/2) or lists (1,3), got "${cron}"`,
  ]),
  [
    '{ cron: "0 6 13 * 5" }',
    'schedule.cron: expected a cron expression with a day of month or a day of week, but not both (cron runs if either matches, Temporal only if both match); schedule.calendar supports both, got "0 6 13 * 5"',
  ],
  [
    '{ cron: "0 6 31 2 *" }',
    'schedule.cron: expected a cron expression for a day that exists; this day never occurs, got "0 6 31 2 *"',
  ],
  [
    '{ calendar: { minute: 30 } }',
    'schedule.calendar.hour: missing; expected a number from 0 to 23, or a list of them',
  ],
  ['{ calendar: { hour: 24 } }', 'schedule.calendar.hour: expected at most 23, got 24'],
  ['{ calendar: { hour: [] } }', 'schedule.calendar.hour: expected a non-empty list'],
  ['{ calendar: { hour: 6, dayOfMonth: [1, 32] } }', 'schedule.calendar.dayOfMonth[1]: expected at most 31'],
  [
    '{ calendar: { hour: 6, dayOfWeek: FRI } }',
    'schedule.calendar.dayOfWeek: expected SUNDAY, MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, or a list of them, got "FRI"',
  ],
  [
    '{ calendar: { hour: 6, month: 2 } }',
    'schedule.calendar.month: expected JANUARY, FEBRUARY, MARCH, APRIL, MAY, JUNE, JULY, AUGUST, SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER, or a list of them, got 2',
  ],
  [
    '{ calendar: { hour: 6, month: FEBRUARY, dayOfMonth: [30, 31] } }',
    'schedule.calendar: expected a day that exists; this day never occurs',
  ],
  [
    '{ calendar: { hours: 6 } }',
    'schedule.calendar.hour: missing; expected a number from 0 to 23, or a list of them\nschedule.calendar.hours: unknown setting, did you mean "hour"?',
  ],
];

export const SCHEDULES = WRONG.map(([schedule, problems]): Case => [
  'list:',
  `schedule: ${schedule}\nlist:`,
  ...problems.split('\n').map((problem) => `:12 ${problem}`),
]);
