import type { Client, ScheduleDescription } from '@temporalio/client';
import { Failure } from '../../contract/failure.ts';
import type { Rest } from '../../state/runs/rest.ts';
import { SCHEDULE_PREFIX } from '../../activation/schedule-owner.ts';
import { describe, listed, startsAhead } from './find.ts';
import { foreignness, type Owner } from './owner.ts';
import { foundTimesInWords } from './times.ts';

/** A schedule of the project, as it stands in Temporal. */
export interface OwnSchedule {
  scheduleId: string;
  activation: string;
  /** When it starts, in words. */
  times: string;
  timezone: string;
  paused: boolean;
  /** Why it is paused, as whoever paused it wrote; null: there is no note, or it is not paused. */
  note: string | null;
  /** The next start; null: none is ahead, or it is paused. */
  next: Date | null;
  /** A start is being made, or was missed and will be made. */
  due: boolean;
  /** That its starts do not try for now, since runs go on failing; null: they do; undefined: nobody asked the state database. */
  rest?: Rest | null;
}

/** The schedules of a project. Those just made may be missing: Temporal's listing lags a moment behind. */
export async function ownSchedules(client: Client, owner: Owner): Promise<OwnSchedule[]> {
  const schedules: OwnSchedule[] = [];
  for (const scheduleId of await listed(client)) {
    const found = await describe(client, scheduleId);
    if (found && !foreignness(found, owner)) schedules.push(inOurWords(found));
  }
  return schedules;
}

/** Pauses an activation's schedule; one that is paused gets the new note. @throws Failure InvalidActivation */
export async function pauseSchedule(
  client: Client,
  activation: string,
  { owner, note }: { owner: Owner; note: string },
): Promise<OwnSchedule> {
  return change(client, activation, owner, (scheduleId) => client.schedule.getHandle(scheduleId).pause(note));
}

/** Lets a paused schedule start again; starts that it missed are not made up for. @throws Failure InvalidActivation */
export async function resumeSchedule(
  client: Client,
  activation: string,
  { owner, note }: { owner: Owner; note: string },
): Promise<OwnSchedule> {
  return change(client, activation, owner, (scheduleId) =>
    client.schedule.getHandle(scheduleId).unpause(note),
  );
}

async function change(
  client: Client,
  activation: string,
  owner: Owner,
  make: (scheduleId: string) => Promise<void>,
): Promise<OwnSchedule> {
  const scheduleId = SCHEDULE_PREFIX + activation;
  const found = await describe(client, scheduleId);
  const { project } = owner;
  if (!found) throw new Failure('scheduleMissing', { schedule: scheduleId, project });
  const why = foreignness(found, owner);
  if (why) throw new Failure('scheduleForeign', { schedule: scheduleId, why, project });
  await make(scheduleId);
  const changed = await describe(client, scheduleId);
  if (changed) return inOurWords(changed);
  throw new Failure('scheduleDeletedMeanwhile', { schedule: scheduleId });
}

function inOurWords(found: ScheduleDescription): OwnSchedule {
  const {
    scheduleId,
    spec,
    state: { paused, note },
  } = found;
  const { starts, due } = startsAhead(found);
  return {
    scheduleId,
    activation: scheduleId.slice(SCHEDULE_PREFIX.length),
    times: foundTimesInWords(spec),
    timezone: spec.timezone || 'UTC',
    paused,
    note: (paused && note) || null,
    next: starts[0] ?? null,
    due,
  };
}
