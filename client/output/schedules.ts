import type { Schedule } from '../../activation/definition/schedule.ts';
import type { AppliedSchedule } from '../schedules/apply.ts';
import { deleteScheduleCommand } from '../../contract/commands.ts';
import { foreignInWords } from '../../contract/messages/schedules.ts';
import type { ForeignSchedule } from '../schedules/plan.ts';
import { timesInWords } from '../schedules/times.ts';

/** What became of a schedule for people, line by line; in a dry run, what would become of it. */
export function describeSchedule(applied: AppliedSchedule, dryRun: boolean): string[] {
  const { scheduleId, change, schedule, differences } = applied;
  const what = dryRun && change !== 'unchanged' ? `would be ${change}` : change;
  const facts = [schedule ? times(schedule) : 'no activation of the project has it any more', state(applied)];
  return [
    `${scheduleId}: ${what} (${facts.filter(Boolean).join('; ')})`,
    ...differences.map(({ field, from, to }) => `  ${field}: ${from} → ${to}`),
  ];
}

/** A schedule that is not ours, as one line. */
export function describeForeign({ scheduleId, why }: ForeignSchedule): string {
  return (
    `${scheduleId}: left alone, it ${foreignInWords(why)}; the project has no such activation with a schedule. ` +
    `If nobody needs it, delete it: ${deleteScheduleCommand(scheduleId)}`
  );
}

function times(schedule: Schedule): string {
  const words = timesInWords(schedule);
  return schedule.every === undefined ? `${words}, ${schedule.timezone ?? 'UTC'}` : words;
}

function state({ paused, note, next, change }: AppliedSchedule): string {
  if (paused) return note === null ? 'paused' : `paused: ${note}`;
  if (next) return `next start ${next.toISOString()}`;
  return change === 'unchanged' ? 'no start ahead' : '';
}
