import type { Client, ScheduleDescription } from '@temporalio/client';
import type { Schedule } from '../../activation/definition/schedule.ts';
import { Failure } from '../../contract/failure.ts';
import type { FactsOf } from '../../contract/messages/catalogue.ts';
import type { Foreign } from '../../contract/messages/schedules.ts';
import { WORKFLOW_TYPE } from '../../contract/names.ts';
import { differences, type Difference } from './differences.ts';
import { SCHEDULE_PREFIX } from '../../activation/schedule-owner.ts';
import { describe, listed } from './find.ts';
import { wantedSchedule, type WantedSchedule } from './options.ts';
import { foreignness, type Owner } from './owner.ts';

/** What is to be done about one schedule of ours; `found` is what Temporal has now. */
export type PlannedChange =
  | { change: 'create'; wanted: WantedSchedule; schedule: Schedule }
  | {
      change: 'update' | 'keep';
      wanted: WantedSchedule;
      schedule: Schedule;
      found: ScheduleDescription;
      differences: Difference[];
    }
  | { change: 'delete'; found: ScheduleDescription };

/** A schedule of our workflow that is not ours, for no activation of the project. It is only told. */
export interface ForeignSchedule {
  scheduleId: string;
  why: Foreign;
}

export interface SchedulePlan {
  /** Of the project's activations in their order, then of those that vanished. */
  changes: PlannedChange[];
  foreign: ForeignSchedule[];
}

/**
 * Compares the project's schedules with Temporal's, and changes nothing. Which schedules vanished is read from
 * Temporal's listing, which lags a moment behind; what is done about each follows from the schedule itself.
 * @param untouched ids of activations whose files say nothing usable: their schedules stay as they are
 * @throws Failure ConfigurationInvalid when an activation's schedule exists and is not the owner's
 */
export async function planSchedules(
  client: Client,
  activations: Iterable<{ id: string; schedule?: Schedule }>,
  owner: Owner,
  untouched: Iterable<string> = [],
): Promise<SchedulePlan> {
  const changes: PlannedChange[] = [];
  const conflicts: FactsOf<'schedulesTaken'>['conflicts'] = [];
  const known = new Set([...untouched].map((id) => SCHEDULE_PREFIX + id));
  for (const { id, schedule } of activations) {
    if (!schedule) continue;
    const wanted = wantedSchedule({ id, schedule }, owner);
    known.add(wanted.scheduleId);
    const found = await describe(client, wanted.scheduleId);
    const why = found && foreignness(found, owner);
    if (why) conflicts.push({ activation: id, schedule: wanted.scheduleId, why });
    else if (!found) changes.push({ change: 'create', wanted, schedule });
    else {
      const differing = differences(found, wanted, schedule);
      const change = differing.length > 0 ? 'update' : 'keep';
      changes.push({ change, wanted, schedule, found, differences: differing });
    }
  }
  if (conflicts.length > 0) throw new Failure('schedulesTaken', { project: owner.project, conflicts });

  const foreign: ForeignSchedule[] = [];
  for (const scheduleId of await listed(client)) {
    const found = known.has(scheduleId) ? undefined : await describe(client, scheduleId);
    if (!found) continue;
    const why = foreignness(found, owner);
    if (!why) changes.push({ change: 'delete', found });
    else if (found.action.workflowType === WORKFLOW_TYPE) foreign.push({ scheduleId, why });
  }
  return { changes, foreign };
}
