import { activityInfo, Context } from '@temporalio/activity';
import { ScheduleNotFoundError } from '@temporalio/client';
import { foreignness, projectName, SCHEDULE_PREFIX } from '../activation/schedule-owner.ts';
import { failureStreak, markPaused } from '../state/runs/failure-streak.ts';
import type { Run } from '../state/runs/runs.ts';
import { FAILURE_TYPES, type FailureType } from '../contract/failure.ts';
import { tell } from '../contract/messages/tell.ts';
import { warn } from './warn.ts';
import type { Dependencies } from './dependencies.ts';

/** Not tried again within a run, and yet nothing that someone has to mend: the next run may do better. */
const PASSING: FailureType[] = ['RunSuperseded', 'PlanStale', 'PlanUnknown', 'ActivationBusy'];
/** Longest part of the last failure's message that goes into the note. */
const MAX_MESSAGE = 300;

/**
 * Pauses the schedule of an activation that goes on failing for the same reason, until someone has mended it. Only a
 * schedule of this worker's own project, and none that is paused already.
 */
export async function pauseAfterFailures(deps: Dependencies, run: Run, failure: string): Promise<void> {
  const pauseAfter = run.definition.activation.schedule?.pauseAfter;
  if (typeof pauseAfter !== 'number') return; // never, or a definition of before this setting
  const streak = await failureStreak(deps.state, run.run);
  if (!streak || !isLasting(streak.word) || streak.runs < pauseAfter) return;

  const told = { runs: streak.runs, type: streak.word };
  const schedule = SCHEDULE_PREFIX + run.activation;
  const handle = Context.current().client.schedule.getHandle(schedule);
  const found = await handle.describe().catch((error: unknown) => {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  });
  if (!found || found.state.paused) return;
  const owner = { project: projectName(deps.env, deps.projectFolder), taskQueue: activityInfo().taskQueue };
  const why = foreignness(found, owner, activityInfo().workflowType!);
  if (why) {
    warn('scheduleNotOurs', { schedule, ...told, why, project: owner.project });
    return;
  }
  const { activation } = run;
  await handle.pause(tell('schedulePaused', { activation, ...told, failure: shortened(failure) }).message);
  await markPaused(deps.state, run.run);
  warn('scheduleIsPaused', { schedule, ...told });
}

function shortened(message: string): string {
  const line = message.replace(/\s+/g, ' ');
  return line.length > MAX_MESSAGE ? `${line.slice(0, MAX_MESSAGE)} …` : line;
}

/** Whether a failure stays until someone mends it. One that is no word of ours is not judged. */
export function isLasting(word: string): boolean {
  if (!Object.hasOwn(FAILURE_TYPES, word)) return false;
  return !FAILURE_TYPES[word as FailureType].retryable && !PASSING.includes(word as FailureType);
}
