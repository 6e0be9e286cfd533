import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type Client,
  type ScheduleDescription,
} from '@temporalio/client';
import type { Schedule } from '../activation/definition/schedule.ts';
import { SCHEDULE_PREFIX, type Owner } from '../activation/schedule-owner.ts';
import { Failure } from '../contract/failure.ts';
import type { FactsOf } from '../contract/messages/catalogue.ts';
import type { Foreign } from '../contract/messages/schedules.ts';
import { WORKFLOW_TYPE } from '../contract/names.ts';
import {
  exactly,
  foundTimesInWords,
  timesInWords,
  wantedSchedule,
  type WantedSchedule,
} from './schedule-spec.ts';
import { describeSchedule, foreignness, scheduleIds, startsAhead } from './schedules.ts';

/** The planned change of one of our schedules; `found` is the current one in Temporal. */
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

/** A schedule of our workflow that belongs to someone else and to no activation of the project. It is only reported. */
export interface ForeignSchedule {
  scheduleId: string;
  why: Foreign;
}

export interface SchedulePlan {
  /** In the order of the project's activations, followed by activations that were removed. */
  changes: PlannedChange[];
  foreign: ForeignSchedule[];
}

/**
 * Compares the project's schedules with Temporal's, without changing anything. Temporal's listing, which is slightly
 * delayed, shows which schedules lost their activation. The change of each follows from the schedule itself.
 * @param untouched ids of activations with unusable files, whose schedules must not change
 * @throws Failure ConfigurationInvalid when an activation's schedule exists and belongs to someone else
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
    const found = await describeSchedule(client, wanted.scheduleId);
    const why = found && foreignness(found, owner);
    if (why) conflicts.push({ activation: id, schedule: wanted.scheduleId, why });
    else if (!found) changes.push({ change: 'create', wanted, schedule });
    else {
      const differing = differencesOf(found, wanted, schedule);
      const change = differing.length > 0 ? 'update' : 'keep';
      changes.push({ change, wanted, schedule, found, differences: differing });
    }
  }
  if (conflicts.length > 0) throw new Failure('schedulesTaken', { project: owner.project, conflicts });

  const foreign: ForeignSchedule[] = [];
  for (const scheduleId of await scheduleIds(client)) {
    const found = known.has(scheduleId) ? undefined : await describeSchedule(client, scheduleId);
    if (!found) continue;
    const why = foreignness(found, owner);
    if (!why) changes.push({ change: 'delete', found });
    else if (found.action.workflowType === WORKFLOW_TYPE) foreign.push({ scheduleId, why });
  }
  return { changes, foreign };
}

/** A property of a schedule that differs from the project folder. */
export interface Difference {
  field: string;
  /** The value in Temporal. */
  from: string;
  /** The value in the project folder. */
  to: string;
}

/**
 * Compares a schedule in Temporal with the wanted one, but only the parts that we control: not its pause, note,
 * remaining starts and history. A schedule without differences is not updated, because an update would drop a due start
 * that still waits for its jitter.
 */
function differencesOf(
  { spec, action, policies }: ScheduleDescription,
  wanted: WantedSchedule,
  schedule: Schedule,
): Difference[] {
  const found = {
    times: foundTimesInWords(spec),
    'time zone': spec.timezone || 'UTC',
    limits: limits(spec),
    jitter: exactly(spec.jitter ?? 0),
    workflow: inWords(action),
    overlap: String(policies.overlap),
    'catch-up window': exactly(policies.catchupWindow),
    'pause on failure': String(policies.pauseOnFailure),
  };
  const to: Record<keyof typeof found, string> = {
    times: timesInWords(schedule),
    'time zone': wanted.spec.timezone ?? 'UTC',
    limits: limits({ skip: [] }),
    jitter: exactly(wanted.spec.jitter as number),
    workflow: inWords(wanted.action as ScheduleDescription['action']),
    overlap: String(wanted.policies.overlap),
    'catch-up window': exactly(wanted.policies.catchupWindow as number),
    'pause on failure': String(wanted.policies.pauseOnFailure),
  };
  return (Object.keys(found) as (keyof typeof found)[])
    .map((field) => ({ field, from: found[field], to: to[field] }))
    .filter(({ from, to }) => from !== to);
}

/** Limits of the starts. Only people set them. */
function limits({ startAt, endAt, skip = [] }: Partial<ScheduleDescription['spec']>): string {
  const parts = [
    startAt ? `from ${startAt.toISOString()}` : '',
    endAt ? `until ${endAt.toISOString()}` : '',
    skip.length > 0 ? `${skip.length} calendar(s) skipped` : '',
  ];
  return parts.filter(Boolean).join(', ') || 'none';
}

function inWords({ workflowType, workflowId, args = [] }: ScheduleDescription['action']): string {
  return [workflowType, workflowId, ...args.map((arg) => JSON.stringify(arg))].join(' ');
}

/** The result of a change to a schedule, or of a planned one. */
export interface AppliedSchedule {
  scheduleId: string;
  change: 'created' | 'updated' | 'unchanged' | 'deleted';
  /** From the project folder; null for an activation that was removed from it. */
  schedule: Schedule | null;
  /** The changes of an update. */
  differences: Difference[];
  paused: boolean;
  /** The note of the person who paused it; null: there is no note. */
  note: string | null;
  /** The next start; null when there is none, or it is not known yet. */
  next: Date | null;
}

/** Returns the expected result of a planned change, without making it. */
export function unapplied(planned: PlannedChange): AppliedSchedule {
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
 * Makes a planned change. A paused schedule stays paused with its note, and open runs are not affected.
 * @throws Failure ConfigurationInvalid when Temporal rejects the times, ActivationBusy when someone else changes the
 * schedules at the same time
 */
export async function applyChange(client: Client, planned: PlannedChange): Promise<AppliedSchedule> {
  const result = unapplied(planned);
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
  // Temporal decides which cron expressions and time zones are valid; the SDK reports a rejection as a TypeError.
  if (!(error instanceof TypeError)) return error;
  const activation = scheduleId.slice(SCHEDULE_PREFIX.length);
  const { timezone = 'UTC' } = schedule;
  const facts = { activation, times: timesInWords(schedule), timezone };
  return new Failure('scheduleTimesRefused', facts, { cause: error });
}
