import { calendarCron, cron, START } from './cron.ts';
import type { Schedule } from './schedule.ts';

const DAY = 24 * 60 * 60_000;
/** More than a year, also in a leap year. */
const YEAR_LATER = START.getTime() + 366 * DAY;

/**
 * Returns the longest time between two runs of a schedule within a little more than a year, in milliseconds. It is
 * counted in local time without clock changes.
 */
export function longestGap(schedule: Schedule): number {
  if (schedule.every !== undefined) return schedule.every;
  const { times, days, span } = momentsIn(schedule);
  return Math.max(longest(times), longest(days) - span);
}

/** Returns the shortest time between two runs of a schedule, counted in the same way. */
export function shortestGap(schedule: Schedule): number {
  if (schedule.every !== undefined) return schedule.every;
  const { times, days, span } = momentsIn(schedule);
  return Math.min(...gaps(times), ...gaps(days).map((gap) => gap - span));
}

/** Returns the times of a day, the days, and the time from the first to the last time of a day. */
function momentsIn({ cron: written, calendar }: Schedule) {
  const [minute, hour, ...day] = (written?.trim() ?? calendarCron(calendar!)).split(/\s+/);
  // All days have the same times, so a year of days and a day of times are enough, instead of a year of minutes.
  const times = momentsOf(`${minute} ${hour} * * *`, (found) => found.at(-1)! < START.getTime() + DAY).slice(
    0,
    -1,
  );
  const days = momentsOf(`0 0 ${day.join(' ')}`, (found) => found.length < 2 || found.at(-1)! < YEAR_LATER);
  return { times, days, span: times.at(-1)! - times[0]! };
}

/** Returns the times of a cron expression from {@link START} on, as long as more are needed. */
function momentsOf(pattern: string, needsMore: (found: number[]) => boolean): number[] {
  const expression = cron(pattern);
  const found: number[] = [];
  let next = expression.nextRun(new Date(START.getTime() - 1000));
  while (next) {
    found.push(next.getTime());
    next = needsMore(found) ? expression.nextRun(next) : null;
  }
  return found;
}

function longest(moments: number[]): number {
  return Math.max(0, ...gaps(moments));
}

function gaps(moments: number[]): number[] {
  return moments.slice(1).map((moment, i) => moment - moments[i]!);
}
