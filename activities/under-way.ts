import { activityInfo, Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Caller, IsUnderWay } from '../state/slots.ts';
import { isOpenStatus, isUnknown } from './is-open.ts';

/** temporal.api.enums.v1.PendingActivityState: STARTED, CANCEL_REQUESTED and PAUSE_REQUESTED, not SCHEDULED or PAUSED. */
const AT_WORK: (number | null | undefined)[] = [2, 3, 5];

/** Returns the identity of this attempt of this activity. */
export async function currentCaller(): Promise<Caller> {
  const { workflowNamespace, workflowExecution, activityId, attempt } = activityInfo();
  const cluster = await clusterOf(Context.current().client);
  return { cluster, namespace: workflowNamespace!, ...workflowExecution!, activityId, attempt };
}

/** In milliseconds. Calls to Actito wait for this answer. */
const TIMEOUT = 5_000;
/** In milliseconds. After an error, Temporal is not asked again before. */
const ASK_AGAIN = 60_000;
/** The gRPC status codes PERMISSION_DENIED and UNIMPLEMENTED: asking again would change nothing. */
const REFUSED: unknown[] = [7, 12];

/** The id of a Temporal server, and until when this answer is valid, by the clock of `performance`. */
interface Cluster {
  id: Promise<string | null>;
  until: number;
}

/** By connected client. */
const clusters = new WeakMap<object, Cluster>();

/**
 * Returns the id of the server of a client; null if the server does not tell it. Then attempts are distinguished by
 * namespace only.
 */
function clusterOf(client: Client): Promise<string | null> {
  const known = clusters.get(client);
  if (known && performance.now() < known.until) return known.id;
  const id = client
    .withDeadline(Date.now() + TIMEOUT, () => client.workflowService.getClusterInfo({}))
    .then(
      ({ clusterId }) => clusterId || null,
      (error: unknown) => {
        if (!REFUSED.includes((error as { code?: unknown }).code))
          asked.until = performance.now() + ASK_AGAIN;
        return null;
      },
    );
  const asked: Cluster = { id, until: Infinity };
  clusters.set(client, asked);
  return id;
}

/**
 * Returns a function that asks Temporal whether an attempt is running. If the worker of an attempt has vanished, it
 * counts as running until it misses a heartbeat. Call it at the start of the activity, because the returned function
 * may run in the context of another one.
 */
export function underWay(): IsUnderWay {
  const context = Context.current();
  return async ({ namespace, workflowId, runId, activityId, attempt }) => {
    try {
      const { workflowService } = context.client;
      const { workflowExecutionInfo, pendingActivities } = await workflowService.describeWorkflowExecution({
        namespace,
        execution: { workflowId, runId },
      });
      if (!isOpenStatus(workflowExecutionInfo?.status)) return false;
      return (pendingActivities ?? []).some(
        (pending) =>
          pending.activityId === activityId && pending.attempt === attempt && AT_WORK.includes(pending.state),
      );
    } catch (error) {
      if (isUnknown(error)) return false;
      return true; // Temporal does not respond, so the caller asks again
    }
  };
}
