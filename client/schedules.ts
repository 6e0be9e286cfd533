import { ScheduleNotFoundError, type Client, type ScheduleDescription } from '@temporalio/client';
import * as owned from '../activation/schedule-owner.ts';
import { projectFolder } from '../config/folder-setting.ts';
import { cut } from '../contract/clean.ts';
import { Failure } from '../contract/failure.ts';
import type { Foreign } from '../contract/messages/schedules.ts';
import { TASK_QUEUE, WORKFLOW_TYPE } from '../contract/names.ts';
import { foundTimesInWords } from './schedule-spec.ts';

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
}

/** The schedules of a project. Those just made may be missing: Temporal's listing lags a moment behind. */
export async function ownSchedules(client: Client, owner: owned.Owner): Promise<OwnSchedule[]> {
  const schedules: OwnSchedule[] = [];
  for (const scheduleId of await scheduleIds(client)) {
    const found = await describeSchedule(client, scheduleId);
    if (found && !foreignness(found, owner)) schedules.push(inOurWords(found));
  }
  return schedules;
}

/** Pauses an activation's schedule; the note of one that is paused is kept beside the new one. @throws Failure InvalidActivation */
export async function pauseSchedule(
  client: Client,
  activation: string,
  { owner, note }: { owner: owned.Owner; note?: string },
): Promise<OwnSchedule> {
  return change(client, activation, owner, ({ scheduleId, state }) =>
    client.schedule.getHandle(scheduleId).pause(notesOf(state, note)),
  );
}

/** Temporal keeps one note with every pause; this one when nobody says why. */
const PAUSED = 'Paused by actito-sync.';
/** Longest note, in characters. */
const LONGEST_NOTE = 1_000;

/** The note of a pause: of a schedule that is paused already, what it says is kept. */
function notesOf({ paused, note: before }: ScheduleDescription['state'], note: string | undefined): string {
  const kept = paused && before && before !== PAUSED ? before : undefined;
  if (kept === undefined || note === undefined) return kept ?? note ?? PAUSED;
  return kept.split('; ').includes(note) ? kept : cut(`${kept}; ${note}`, LONGEST_NOTE);
}

/** Lets a paused schedule start again; starts that it missed are not made up for. @throws Failure InvalidActivation */
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

/** The owner that this environment speaks for. */
export function ownerFrom(env: NodeJS.ProcessEnv, taskQueue = TASK_QUEUE): owned.Owner {
  return { project: env[owned.PROJECT_NAME] || owned.projectName(env, projectFolder(env)), taskQueue };
}

/** Why a schedule is not this owner's; undefined: it is. */
export function foreignness(schedule: ScheduleDescription, owner: owned.Owner): Foreign | undefined {
  return owned.foreignness(schedule, owner, WORKFLOW_TYPE);
}

/** The ids that may be ours, in their order. */
export async function scheduleIds(client: Client): Promise<string[]> {
  const ids: string[] = [];
  for await (const { scheduleId } of client.schedule.list({
    query: `ScheduleId STARTS_WITH "${owned.SCHEDULE_PREFIX}"`,
  })) {
    ids.push(scheduleId);
  }
  return ids.sort();
}

/** A schedule as Temporal has it; undefined: it has none of that id. */
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

/** The next starts that Temporal tells of, as far as they are ahead. */
export interface StartsAhead {
  starts: Date[];
  /** None is ahead although some were told: one is about to be made, or Temporal was away when it was due. */
  due: boolean;
}

/** What is ahead of a schedule. Temporal tells of starts that it has not made yet, so they may be past. */
export function startsAhead(
  { state: { paused }, info: { nextActionTimes } }: Pick<ScheduleDescription, 'state' | 'info'>,
  now = new Date(),
): StartsAhead {
  if (paused) return { starts: [], due: false };
  const starts = nextActionTimes.filter((start) => start > now);
  return { starts, due: starts.length === 0 && nextActionTimes.length > 0 };
}
