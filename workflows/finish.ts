import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { tell } from '../contract/messages/tell.ts';
import type { ClosedRun, OpenedRun } from '../contract/steps.ts';
import { close, keepAlive, settle } from './activities.ts';
import { besides, endOf, messageOf, ownFailure } from './failure.ts';
import type { Story } from './story/story.ts';

/**
 * Ends a run, whatever its result: delivers an expiring list again if the run did not deliver it, stores what Actito confirmed,
 * records the outcome and releases the lease. A cancellation does not stop this.
 * @param error what ended the steps early; undefined: all were done
 * @throws how the workflow fails
 */
export async function finish(run: OpenedRun, story: Story, error?: unknown): Promise<ClosedRun> {
  const failure = error === undefined ? undefined : ownFailure(error);
  if (failure) {
    story.failed(failure);
    if (!isCancellation(failure) && run.fence !== null) await keepListAlive(run, story);
  }
  const ref = { run: run.run, fence: run.fence };
  const closed = await CancellationScope.nonCancellable(async () => {
    story.phase('settling');
    await settle(ref);
    return close(ref, error === undefined ? null : endOf(error));
  }).catch((unsettled: unknown) => {
    // The run stays open in the state, so that the next one settles it: what was confirmed is not lost.
    const second = ownFailure(unsettled);
    story.unclosed(failure ?? second);
    throw failure && failure.message !== second.message ? besides(failure, second) : second;
  });
  story.closed(closed.outcome, closed.counts);
  if (failure) throw failure;
  return closed;
}

/** Nobody is to be lost because a guard holds, or the warehouse is down, for longer than the list is valid. */
async function keepListAlive(run: OpenedRun, story: Story): Promise<void> {
  try {
    const push = await keepAlive({ run: run.run, fence: run.fence });
    if (push) story.kept(push);
  } catch (error) {
    if (isCancellation(error)) return; // the run ends as it was about to
    story.note(tell('notKeptAlive', { failure: messageOf(ownFailure(error)) }));
  }
}
