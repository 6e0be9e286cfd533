import { activityInfo, Context, log } from '@temporalio/activity';
import { ScheduleNotFoundError } from '@temporalio/client';
import { foreignness, projectName, SCHEDULE_PREFIX } from '../../activation/schedule-owner.ts';
import { failureStreak, markPaused, type FailureStreak } from '../../state/runs/failure-streak.ts';
import type { Run } from '../../state/runs/runs.ts';
import type { Dependencies } from '../dependencies.ts';
import { isLasting } from './lasting.ts';

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

  const handle = Context.current().client.schedule.getHandle(SCHEDULE_PREFIX + run.activation);
  const found = await handle.describe().catch((error: unknown) => {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  });
  if (!found || found.state.paused) return;
  const owner = { project: projectName(deps.env, deps.projectFolder), taskQueue: activityInfo().taskQueue };
  const why = foreignness(found, owner, activityInfo().workflowType!);
  if (why) {
    log.warn(
      `The schedule ${handle.scheduleId} is not paused, although ${inWords(streak)}: it ${why}, and this worker's ` +
        `project is "${owner.project}".`,
    );
    return;
  }
  await handle.pause(noteOf(run.activation, streak, failure));
  await markPaused(deps.state, run.run);
  log.warn(`The schedule ${handle.scheduleId} is paused: ${inWords(streak)}.`);
}

function noteOf(activation: string, streak: FailureStreak, failure: string): string {
  return (
    `Paused by actito-sync: ${inWords(streak)}. Mend it, try it by: actito-sync run ${activation}, then let it start ` +
    `again by: actito-sync schedule resume ${activation}. The last failure: ${shortened(failure)}`
  );
}

function inWords({ runs, word }: FailureStreak): string {
  return runs === 1 ? `a run failed with ${word}` : `${runs} runs in a row failed with ${word}`;
}

function shortened(message: string): string {
  const line = message.replace(/\s+/g, ' ');
  return line.length > MAX_MESSAGE ? `${line.slice(0, MAX_MESSAGE)} …` : line;
}
