import { calendarCron, cron, START } from './cron.ts';
import type { Schedule } from './schedule.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Checks this far beyond {@link START}, because the days of a change differ from year to year. */
const END = START.getTime() + 5 * 366 * DAY;

/** A change of a time zone's clock, in local time, written as if that were UTC. */
interface ClockChange {
  /** From `from` until before `to`, no local time exists, or each exists twice. */
  from: number;
  to: number;
  missing: boolean;
}

/** A start on a day of a clock change, in local time: `2027-03-28 02:30`. */
export interface OddStart {
  at: string;
  /** The clock skips this time, so it does not occur; otherwise it occurs twice (and Temporal may start two runs). */
  missing: boolean;
}

/**
 * Returns the first start that is skipped when the clock is put forward, and the first that occurs twice when it is put
 * back. Schedules that start again within an hour are left out, because they need no warning.
 */
export function oddStarts(schedule: Schedule): OddStart[] {
  const { timezone, cron: written, calendar } = schedule;
  if (timezone === undefined || schedule.every !== undefined) return [];
  const starts = cron(written?.trim() ?? calendarCron(calendar!));
  const found = clockChanges(timezone).flatMap(({ from, to, missing }) => {
    const start = starts.nextRun(new Date(from - 1000));
    if (start === null || start.getTime() >= to) return [];
    const next = starts.nextRun(new Date(to - 1000));
    if (next !== null && next.getTime() - to < to - from) return [];
    return [{ at: start.toISOString().slice(0, 16).replace('T', ' '), missing }];
  });
  return [true, false].flatMap((missing) => found.find((each) => each.missing === missing) ?? []);
}

const known = new Map<string, ClockChange[]>();

function clockChanges(timezone: string): ClockChange[] {
  const found = known.get(timezone) ?? findChanges(timezone);
  known.set(timezone, found);
  return found;
}

function findChanges(timezone: string): ClockChange[] {
  const offsetAt = offsets(timezone);
  const changes: ClockChange[] = [];
  let offset = offsetAt(START.getTime());
  for (let day = START.getTime(); day < END; day += DAY) {
    const after = offsetAt(day + DAY);
    if (after === offset) continue;
    let [before, changed] = [day, day + DAY];
    while (changed - before > MINUTE) {
      const middle = before + Math.floor((changed - before) / 2 / MINUTE) * MINUTE;
      if (offsetAt(middle) === offset) before = middle;
      else changed = middle;
    }
    const [from, to] = [changed + offset, changed + after].sort((a, b) => a - b) as [number, number];
    changes.push({ from, to, missing: after > offset });
    offset = after;
  }
  return changes;
}

/** How far a zone's clock is ahead of UTC at a moment, in milliseconds. */
function offsets(timeZone: string): (moment: number) => number {
  const numeric = 'numeric' as const;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  });
  return (moment) => {
    const parts = Object.fromEntries(
      format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]),
    );
    const { year, month, day, hour, minute, second } = parts as Record<string, number>;
    return Date.UTC(year!, month! - 1, day, hour, minute, second) - moment;
  };
}
