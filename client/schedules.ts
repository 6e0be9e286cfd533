import { ScheduleNotFoundError, type Client, type ScheduleDescription } from '@temporalio/client';
import * as owned from '../activation/schedule-owner.ts';
import { projectFolder } from '../config/folder-setting.ts';
import { cut } from '../contract/clean.ts';
import { Failure } from '../contract/failure.ts';
import type { Foreign } from '../contract/messages/schedules.ts';
import { TASK_QUEUE, WORKFLOW_TYPE } from '../contract/names.ts';
import { foundTimesInWords } from './schedule-spec.ts';

/** A schedule of the project in Temporal. */
export interface OwnSchedule {
  scheduleId: string;
  activation: string;
  /** The times of its starts, in words. */
  times: string;
  timezone: string;
  paused: boolean;
  /** The note of the person who paused it; null: there is no note, or it is not paused. */
  note: string | null;
  /** The next start; null: there is none, or it is paused. */
  next: Date | null;
  /** A start is in progress, or was missed and will be made up. */
  due: boolean;
}

/** Returns the schedules of a project. New ones can be missing, because Temporal's listing is slightly delayed. */
export async function ownSchedules(client: Client, owner: owned.Owner): Promise<OwnSchedule[]> {
  const schedules: OwnSchedule[] = [];
  for (const scheduleId of await scheduleIds(client)) {
    const found = await describeSchedule(client, scheduleId);
    if (found && !foreignness(found, owner)) schedules.push(inOurWords(found));
  }
  return schedules;
}

/**
 * Pauses an activation's schedule. If it is already paused, its note is kept, too. @throws Failure InvalidActivation
 */
export async function pauseSchedule(
  client: Client,
  activation: string,
  { owner, note }: { owner: owned.Owner; note?: string },
): Promise<OwnSchedule> {
  return change(client, activation, owner, ({ scheduleId, state }) =>
    client.schedule.getHandle(scheduleId).pause(notesOf(state, note)),
  );
}

/** Temporal stores one note for each pause. This is the default. */
const PAUSED = 'Paused by actito-sync.';
const LONGEST_NOTE = 1_000;

/** Returns the note of a pause. The note of an already paused schedule is kept. */
function notesOf({ paused, note: before }: ScheduleDescription['state'], note: string | undefined): string {
  const kept = paused && before && before !== PAUSED ? before : undefined;
  if (kept === undefined || note === undefined) return kept ?? note ?? PAUSED;
  return kept.split('; ').includes(note) ? kept : cut(`${kept}; ${note}`, LONGEST_NOTE);
}

/** Resumes a paused schedule. Missed starts are not made up. @throws Failure InvalidActivation */
export async function resumeSchedule(
  client: Client,
  activation: string,
  { owner, note }: { owner: owned.Owner; note: string },
): Promise<OwnSchedule> {
  return change(client, activation, owner, ({ scheduleId }) =>
    client.schedule.getHandle(scheduleId).unpause(note),
  );
}

async function change(
  client: Client,
  activation: string,
  owner: owned.Owner,
  make: (found: ScheduleDescription) => Promise<void>,
): Promise<OwnSchedule> {
  const scheduleId = owned.SCHEDULE_PREFIX + activation;
  const found = await describeSchedule(client, scheduleId);
  const { project } = owner;
  if (!found) throw new Failure('scheduleMissing', { schedule: scheduleId, project });
  const why = foreignness(found, owner);
  if (why) throw new Failure('scheduleForeign', { schedule: scheduleId, why, project });
  await make(found);
  const changed = await describeSchedule(client, scheduleId);
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
    activation: scheduleId.slice(owned.SCHEDULE_PREFIX.length),
    times: foundTimesInWords(spec),
    timezone: spec.timezone || 'UTC',
    paused,
    note: (paused && note) || null,
    next: starts[0] ?? null,
    due,
  };
}

/** Returns the owner that the environment names. */
export function ownerFrom(env: NodeJS.ProcessEnv, taskQueue = TASK_QUEUE): owned.Owner {
  return { project: env[owned.PROJECT_NAME] || owned.projectName(env, projectFolder(env)), taskQueue };
}

/** Returns why a schedule does not belong to the owner; undefined: it does. */
export function foreignness(schedule: ScheduleDescription, owner: owned.Owner): Foreign | undefined {
  return owned.foreignness(schedule, owner, WORKFLOW_TYPE);
}

/** Returns the ids of schedules that can be ours, in order. */
export async function scheduleIds(client: Client): Promise<string[]> {
  const ids: string[] = [];
  for await (const { scheduleId } of client.schedule.list({
    query: `ScheduleId STARTS_WITH "${owned.SCHEDULE_PREFIX}"`,
  })) {
    ids.push(scheduleId);
  }
  return ids.sort();
}

/** Describes a schedule in Temporal; undefined: there is none with this id. */
export async function describeSchedule(
  client: Client,
  scheduleId: string,
): Promise<ScheduleDescription | undefined> {
  try {
    return await client.schedule.getHandle(scheduleId).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

/** The future starts that Temporal reports. */
export interface StartsAhead {
  starts: Date[];
  /** No reported start is in the future: one is about to begin, or Temporal was down when it was due. */
  due: boolean;
}

/** Returns the future starts of a schedule. Temporal also reports past starts that it has not made yet. */
export function startsAhead(
  { state: { paused }, info: { nextActionTimes } }: Pick<ScheduleDescription, 'state' | 'info'>,
  now = new Date(),
): StartsAhead {
  if (paused) return { starts: [], due: false };
  const starts = nextActionTimes.filter((start) => start > now);
  return { starts, due: starts.length === 0 && nextActionTimes.length > 0 };
}
