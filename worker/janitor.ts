import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Runtime, type NativeConnection } from '@temporalio/worker';
import { isOpenAt } from '../activities/is-open.ts';
import { tellable } from '../contract/failure.ts';
import { temporalFailure } from '../contract/grpc.ts';
import { tell } from '../contract/messages/tell.ts';
import { stateFailure } from '../state/failures.ts';
import { cleanUp } from '../state/runs/close.ts';
import { closeElsewhere } from '../state/runs/open.ts';
import type { Holder } from '../state/runs/lease.ts';
import type { State } from '../state/state.ts';

/** Milliseconds between two rounds. */
const EVERY = 30 * 60_000;

/** What the janitor needs. */
export interface Premises {
  state: State;
  connection: NativeConnection;
  namespace: string;
}

/**
 * Closes runs that were terminated, or timed out, and drops what they left: their tables hold keys and values, and nobody may
 * ever run their activation again. Temporal is asked about each, as when a run opens.
 * @param atStart also asks about what was opened a moment ago: whoever starts a worker again may have terminated it. But who
 *   names the wrong Temporal server, which knows none of these runs, must not end them
 */
async function tidyUp({ state, connection, namespace }: Premises, atStart: boolean): Promise<void> {
  await cleanUp(state);
  const own = { namespace, workflowId: `janitor/${hostname()}`, runId: randomUUID() };
  const isOpen = (holder: Holder) => isOpenAt(connection.workflowService, holder, atStart ? 'open' : 'ended');
  await closeElsewhere(state, own, isOpen, atStart ? 0 : undefined);
}

/**
 * Goes round now, and then again and again for as long as the worker lives. What it cannot do it does on the next round.
 * @returns ends it
 */
export async function employJanitor(premises: Premises): Promise<() => void> {
  await goRound(premises, true);
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    void goRound(premises, false).finally(() => (isBusy = false));
  }, EVERY);
  timer.unref();
  return () => clearInterval(timer);
}

/** What others have left is nobody's reason to fail. */
async function goRound(premises: Premises, atStart: boolean): Promise<void> {
  try {
    await tidyUp(premises, atStart);
  } catch (error) {
    const why = tellable(stateFailure(error) ?? temporalFailure(error) ?? error);
    Runtime.instance().logger.warn(tell('othersNotClosed', { why }).message);
  }
}
