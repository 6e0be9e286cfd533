import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { tell } from '../contract/messages/tell.ts';
import type { ClosedRun, OpenedRun } from '../contract/steps.ts';
import { close, keepAlive, settle } from './activities.ts';
import { besides, endOf, messageOf, ownFailure } from './failure.ts';
import type { Story } from './story/story.ts';

/**
 * Ends a run, whatever its result. If the list is about to expire and the run did not deliver it, it is delivered
 * again. Then the run stores what Actito confirmed, records the outcome and releases the lease. A cancellation does not
 * stop this.
 * @param error the error that ended the steps early; undefined if all steps succeeded
 * @throws the failure of the workflow
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
    // The run stays open in the state, so the next run settles it and nothing that Actito confirmed is lost.
    const second = ownFailure(unsettled);
    story.unclosed(failure ?? second);
    throw failure && failure.message !== second.message ? besides(failure, second) : second;
  });
  story.closed(closed.outcome, closed.counts);
  if (failure) throw failure;
  return closed;
}

/** A list must not expire because a guard holds the run or the warehouse is down for longer than the list is valid. */
async function keepListAlive(run: OpenedRun, story: Story): Promise<void> {
  try {
    const push = await keepAlive({ run: run.run, fence: run.fence });
    if (push) story.kept(push);
  } catch (error) {
    if (isCancellation(error)) return; // the outcome of the run does not change
    story.note(tell('notKeptAlive', { failure: messageOf(ownFailure(error)) }));
  }
}
