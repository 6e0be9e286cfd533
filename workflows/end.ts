import { ApplicationFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { OpenedRun } from '../contract/steps.ts';
import { close, keepAlive, settle } from './activities.ts';
import { failureType, forPeople, messageOf, ownFailure } from './failure.ts';
import { keptAlive, notKeptAlive } from './hold.ts';
import type { Story } from './story/story.ts';

/** Ends a run that failed, was held or cancelled. @returns how the workflow fails */
export async function endFailed(run: OpenedRun, story: Story, error: unknown): Promise<Error> {
  const failure = ownFailure(error);
  const message = messageOf(failure);
  const outcome = outcomeOf(failure);
  story.failed(message);
  if (outcome === 'failed' && run.fence !== null) await keepListAlive(run, story);
  try {
    await end(run, story, { outcome, failure: message, word: failureType(error) });
    return failure;
  } catch (second) {
    return unsettled(story, failure, ownFailure(second));
  }
}

/** Nobody is to be lost because the warehouse is down, or something else, for longer than the list is valid. */
async function keepListAlive(run: OpenedRun, story: Story): Promise<void> {
  try {
    const push = await keepAlive({ run: run.run, fence: run.fence });
    if (push) story.note(keptAlive(push));
  } catch (error) {
    if (isCancellation(error)) return; // the run has failed, and ends as that
    story.note(notKeptAlive(error));
  }
}

/** The run stays open in the state, so that the next one settles it: what was confirmed is not lost. */
export function unsettled(story: Story, failure: Error, second?: Error): Error {
  story.unclosed(failure);
  if (!second) return failure;
  const type = failure instanceof ApplicationFailure ? failure.type : undefined;
  return forPeople(
    `${messageOf(failure)} Besides, what it had done could not be settled; the next run does it: ${messageOf(second)}`,
    type,
  );
}

/** Settles and closes, also after a cancellation. */
export async function end(
  run: OpenedRun,
  story: Story,
  how: { outcome: 'succeeded' | 'held' | 'failed' | 'cancelled'; failure?: string; word?: string | null },
) {
  const ref = { run: run.run, fence: run.fence };
  return CancellationScope.nonCancellable(async () => {
    story.phase('settling');
    await settle(ref);
    const closed = await close(ref, how);
    story.closed(closed.outcome, closed.counts);
    return closed;
  });
}

function outcomeOf(failure: Error): 'held' | 'failed' | 'cancelled' {
  if (isCancellation(failure)) return 'cancelled';
  return failure instanceof ApplicationFailure && failure.type === 'GuardTripped' ? 'held' : 'failed';
}
