import { activityInfo, Context } from '@temporalio/activity';
import type { Caller, IsUnderWay } from '../state/slots.ts';
import { isOpenStatus, isUnknown } from './is-open.ts';

/** temporal.api.enums.v1.PendingActivityState: STARTED, CANCEL_REQUESTED and PAUSE_REQUESTED, not SCHEDULED or PAUSED. */
const AT_WORK: (number | null | undefined)[] = [2, 3, 5];

/** Returns the identity of this attempt of this activity. */
export async function currentCaller(): Promise<Caller> {
  const { workflowNamespace, workflowExecution, activityId, attempt } = activityInfo();
  const cluster = await clusterOf(Context.current());
  return { cluster, namespace: workflowNamespace!, ...workflowExecution!, activityId, attempt };
}

/** The ids of Temporal servers, by connected client. */
const clusters = new WeakMap<object, string>();

/** Returns the id of this activity's server; null if the server does not tell it. */
async function clusterOf(context: Context): Promise<string | null> {
  try {
    const { client } = context;
    const known = clusters.get(client);
    if (known !== undefined) return known;
    const { clusterId } = await client.workflowService.getClusterInfo({});
    if (clusterId) clusters.set(client, clusterId);
    return clusterId || null;
  } catch {
    return null; // A server may forbid this request. Then attempts are distinguished by namespace only.
  }
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
