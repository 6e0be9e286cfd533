import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import type { RunHandle } from '../activation-client.ts';
import { runFailure } from './failure.ts';
import { followRun, type Follow } from './follow.ts';

/** How a run ended that was asked to stop. */
export interface CancelledRun {
  workflowId: string;
  /** `cancelled`, or how it had ended before it could be: an outcome, or the type of its failure. */
  outcome: string;
}

/**
 * Asks a run to stop, and waits until it has: it settles what Actito confirmed, and gives its lease back.
 * @throws AbortError when the waiting was ended; the run is asked all the same
 */
export async function cancelRun(handle: RunHandle, follow: Follow): Promise<CancelledRun> {
  const { workflowId } = handle;
  try {
    await handle.cancel();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error; // it has just ended: the result tells how
  }
  try {
    return { workflowId, outcome: (await followRun(handle, follow)).outcome };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { type } = runFailure(error);
    return { workflowId, outcome: type === 'Cancelled' ? 'cancelled' : type };
  }
}
