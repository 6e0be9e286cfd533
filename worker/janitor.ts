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

/** Milliseconds between rounds. */
const EVERY = 30 * 60_000;

/** What the janitor needs. */
export interface Premises {
  state: State;
  connection: NativeConnection;
  namespace: string;
}

/**
 * Closes runs that were terminated or timed out, and drops their tables, which contain keys and values, because their
 * activation may never run again. Asks Temporal about each, as when a run opens.
 * @param atStart also checks runs that were opened a moment ago, because the person who restarts a worker may have
 *   terminated them. But if the configured Temporal server is the wrong one, which knows none of these runs, they must
 *   not be ended
 */
async function tidyUp({ state, connection, namespace }: Premises, atStart: boolean): Promise<void> {
  await cleanUp(state);
  const own = { namespace, workflowId: `janitor/${hostname()}`, runId: randomUUID() };
  const isOpen = (holder: Holder) => isOpenAt(connection.workflowService, holder, atStart ? 'open' : 'ended');
  await closeElsewhere(state, own, isOpen, atStart ? 0 : undefined);
}

/**
 * Runs a round now, and then regularly while the worker lives. What fails is repeated in the next round.
 * @returns a function that stops it
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

/** A failed cleanup fails nothing else. */
async function goRound(premises: Premises, atStart: boolean): Promise<void> {
  try {
    await tidyUp(premises, atStart);
  } catch (error) {
    const why = tellable(stateFailure(error) ?? temporalFailure(error) ?? error);
    Runtime.instance().logger.warn(tell('othersNotClosed', { why }).message);
  }
}
