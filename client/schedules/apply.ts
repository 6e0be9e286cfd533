import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type Client,
  type ScheduleDescription,
} from '@temporalio/client';
import type { Schedule } from '../../activation/definition/schedule.ts';
import { Failure } from '../../contract/failure.ts';
import { SCHEDULE_PREFIX } from '../../activation/schedule-owner.ts';
import { startsAhead } from './find.ts';
import type { Difference } from './differences.ts';
import type { WantedSchedule } from './options.ts';
import type { PlannedChange } from './plan.ts';
import { timesInWords } from './times.ts';

/** What became of a schedule, or would become of it. */
export interface AppliedSchedule {
  scheduleId: string;
  change: 'created' | 'updated' | 'unchanged' | 'deleted';
  /** The project folder's; null for one that vanished from it. */
  schedule: Schedule | null;
  /** What an update changes. */
  differences: Difference[];
  paused: boolean;
  /** Why it is paused, as whoever paused it wrote; null: there is no note. */
  note: string | null;
  /** The next start; null when there is none, or none that is known yet. */
  next: Date | null;
}

/** A planned change in the words of its result, without making it. */
export function foreseen(planned: PlannedChange): AppliedSchedule {
  switch (planned.change) {
    case 'create': {
      const { wanted, schedule } = planned;
      return { ...NEW, scheduleId: wanted.scheduleId, change: 'created', schedule };
    }
    case 'delete':
      return { ...stateOf(planned.found), change: 'deleted', schedule: null, differences: [], next: null };
    case 'keep':
      return { ...stateOf(planned.found), change: 'unchanged', schedule: planned.schedule, differences: [] };
    case 'update': {
      const { found, schedule, differences } = planned;
      return { ...stateOf(found), change: 'updated', schedule, differences, next: null };
    }
  }
}

const NEW = { differences: [], paused: false, note: null, next: null };

function stateOf(found: ScheduleDescription) {
  const {
    scheduleId,
    state: { paused, note },
  } = found;
  return { scheduleId, paused, note: note || null, next: startsAhead(found).starts[0] ?? null };
}

/**
 * Makes a planned change. What is paused stays paused, with its note; runs under way are left alone.
 * @throws Failure ConfigurationInvalid when Temporal does not take the times, ActivationBusy when someone else
 * changes the schedules at the same time
 */
export async function applyChange(client: Client, planned: PlannedChange): Promise<AppliedSchedule> {
  const result = foreseen(planned);
  const handle = client.schedule.getHandle(result.scheduleId);
  if (planned.change === 'keep') return result;
  if (planned.change === 'delete') {
    await handle.delete().catch(unlessGone);
    return result;
  }
  const { wanted, schedule } = planned;
  try {
    if (planned.change === 'create') await client.schedule.create(wanted);
    else await update(client, wanted);
    return { ...result, ...stateOf(await handle.describe()) };
  } catch (error) {
    throw inOurWords(error, wanted.scheduleId, schedule);
  }
}

async function update(client: Client, { scheduleId, spec, action, policies }: WantedSchedule): Promise<void> {
  await client.schedule.getHandle(scheduleId).update(({ state }) => ({ spec, action, policies, state }));
}

function unlessGone(error: unknown): void {
  if (!(error instanceof ScheduleNotFoundError)) throw error;
}

function inOurWords(error: unknown, scheduleId: string, schedule: Schedule): unknown {
  if (error instanceof ScheduleAlreadyRunning || error instanceof ScheduleNotFoundError) {
    return new Failure('scheduleChangedMeanwhile', { schedule: scheduleId }, { cause: error });
  }
  // Temporal has the last word on cron expressions and time zones; the SDK turns its refusal into a TypeError.
  if (!(error instanceof TypeError)) return error;
  const activation = scheduleId.slice(SCHEDULE_PREFIX.length);
  const { timezone = 'UTC' } = schedule;
  const facts = { activation, times: timesInWords(schedule), timezone };
  return new Failure('scheduleTimesRefused', facts, { cause: error });
}
