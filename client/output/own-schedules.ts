import type { OwnSchedule } from '../schedules/own.ts';
import { table } from './table.ts';

/** The project's schedules for people, line by line. */
export function describeOwnSchedules(schedules: readonly OwnSchedule[], project: string): string[] {
  if (schedules.length === 0) return [`Temporal has no schedule of the project "${project}".`];
  return table(
    ['ACTIVATION', 'STARTS', 'TIME ZONE', 'STATE'],
    schedules.map((schedule) => [
      schedule.activation,
      schedule.times,
      schedule.timezone,
      stateInWords(schedule),
    ]),
  );
}

/** `next start …`, `tries again from …`, `paused: why`, or that no start is ahead. */
export function stateInWords({ paused, note, next, due, rest }: OwnSchedule): string {
  if (paused) return note === null ? 'paused' : `paused: ${note}`;
  if (rest) {
    const { type, runs, next: again } = rest;
    return `tries again from ${again.toISOString()} on: ${runs} runs failed with ${type}`;
  }
  if (due) return 'a start is due now';
  return next ? `next start ${next.toISOString()}` : 'no start ahead';
}
