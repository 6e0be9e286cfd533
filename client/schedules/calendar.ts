import { DAYS_OF_WEEK, MONTHS, type CalendarSpecDescription } from '@temporalio/client';
import type { Calendar } from '../../activation/definition/schedule.ts';

const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** The parts of a calendar: all their values in order, and those that are meant when the part is left out. */
const PARTS: Record<Part, { values: readonly Value[]; leftOut: readonly Value[] }> = {
  month: { values: MONTHS, leftOut: MONTHS },
  dayOfMonth: { values: upTo(1, 31), leftOut: upTo(1, 31) },
  dayOfWeek: { values: DAYS_OF_WEEK, leftOut: DAYS_OF_WEEK },
  hour: { values: upTo(0, 23), leftOut: [] },
  minute: { values: upTo(0, 59), leftOut: [0] },
  second: { values: upTo(0, 59), leftOut: [0] },
};
type Part = 'month' | 'dayOfMonth' | 'dayOfWeek' | 'hour' | 'minute' | 'second';
type Value = string | number;

/** A calendar of the project folder, as it could stand there; the same words for the same times. */
export function calendarInWords(calendar: Calendar): string {
  return words((part) => {
    const value = (calendar as Partial<Record<Part, Value | Value[]>>)[part];
    return value === undefined ? undefined : [value].flat();
  });
}

/** A calendar that Temporal has, in the words that one of the project folder would have. */
export function foundCalendarInWords(found: CalendarSpecDescription): string {
  const inWords = words((part) => {
    const ranges = found[part] ?? [];
    const { values } = PARTS[part];
    const taken = ranges.flatMap(({ start, end, step }) => {
      const [first, last] = [values.indexOf(start), values.indexOf(end)];
      return values.filter((_, i) => i >= first && i <= last && (i - first) % step === 0);
    });
    return taken.length === 0 ? undefined : taken;
  });
  const isEveryYear = !found.year || found.year.length === 0;
  return isEveryYear ? inWords : `${inWords} in some years only`;
}

function words(valuesOf: (part: Part) => readonly Value[] | undefined): string {
  const parts = (Object.keys(PARTS) as Part[]).flatMap((part) => {
    const { values, leftOut } = PARTS[part];
    const taken = new Set(valuesOf(part) ?? leftOut);
    if (taken.size === leftOut.length && leftOut.every((value) => taken.has(value))) return [];
    const list = values.filter((value) => taken.has(value));
    return [`${part}: ${list.length === 1 ? list[0] : `[${list.join(', ')}]`}`];
  });
  return `{ ${parts.join(', ')} }`;
}
