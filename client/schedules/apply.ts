import { ScheduleAlreadyRunning, type Client, type ScheduleOptions } from '@temporalio/client';
import type { Schedule } from '../../activation/definition/activation.ts';
import { Failure } from '../../activation/failures.ts';
import { WORKFLOW_TYPE } from '../../workflows/contract.ts';
import { SCHEDULE_PREFIX, scheduleOptions, type Scheduled } from './options.ts';
import { isSame } from './same.ts';

/** What became of an activation's schedule. */
export interface AppliedSchedule {
  scheduleId: string;
  schedule: Schedule;
  change: 'created' | 'updated' | 'unchanged';
  paused: boolean;
  /** The next start; null when there is none. */
  next: Date | null;
}

/**
 * Makes one Temporal schedule of each activation that has one, in their order. What is paused stays paused, with its
 * note.
 * @throws Failure ConfigurationInvalid when Temporal does not take a cron expression; those before it are applied
 */
export async function* applySchedules(
  client: Client,
  activations: Iterable<{ id: string; schedule?: Schedule }>,
  options: { taskQueue?: string } = {},
): AsyncGenerator<AppliedSchedule> {
  for (const { id, schedule } of activations) {
    if (!schedule) continue;
    const wanted = scheduleOptions({ id, schedule }, options.taskQueue);
    const change = await apply(client, wanted).catch((error: unknown) => {
      throw refusedTimes(error, { id, schedule });
    });
    const { info, state } = await client.schedule.getHandle(wanted.scheduleId).describe();
    const [next = null] = info.nextActionTimes;
    yield { scheduleId: wanted.scheduleId, schedule, change, paused: state.paused, next };
  }
}

async function apply(client: Client, wanted: ScheduleOptions): Promise<AppliedSchedule['change']> {
  try {
    await client.schedule.create(wanted);
    return 'created';
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  const handle = client.schedule.getHandle(wanted.scheduleId);
  if (isSame(await handle.describe(), wanted)) return 'unchanged';
  const { spec, action, policies } = wanted;
  await handle.update(({ state }) => ({ spec, action, policies, state }));
  return 'updated';
}

/** Temporal is the one that reads cron expressions; the SDK turns its refusal into a TypeError. */
function refusedTimes(error: unknown, { id, schedule }: Scheduled): unknown {
  if (!(error instanceof TypeError) || schedule.cron === undefined) return error;
  const setting = `activations/${id} schedule.cron`;
  return new Failure(
    'ConfigurationInvalid',
    `${setting}: Temporal does not take "${schedule.cron}" (${error.message}).`,
    { cause: error },
  );
}

/**
 * Schedules that start our workflow, but for no activation with a schedule. Temporal's listing lags a moment behind.
 * They are only told: the project folder at hand may not be the only one.
 */
export async function* schedulesWithoutActivation(
  client: Client,
  activations: Iterable<{ id: string; schedule?: Schedule }>,
): AsyncGenerator<string> {
  const known = new Set(
    [...activations].filter(({ schedule }) => schedule).map(({ id }) => SCHEDULE_PREFIX + id),
  );
  const query = `ScheduleId STARTS_WITH "${SCHEDULE_PREFIX}"`;
  for await (const { scheduleId, action } of client.schedule.list({ query })) {
    if (action?.workflowType === WORKFLOW_TYPE && !known.has(scheduleId)) yield scheduleId;
  }
}
