import { activityInfo, Context } from '@temporalio/activity';
import type { Caller, IsUnderWay } from '../state/slots.ts';
import { isOpenStatus, isUnknown } from './is-open.ts';

/** temporal.api.enums.v1.PendingActivityState: STARTED, CANCEL_REQUESTED and PAUSE_REQUESTED, not SCHEDULED or PAUSED. */
const AT_WORK: (number | null | undefined)[] = [2, 3, 5];

/** This attempt of this activity. */
export async function currentCaller(): Promise<Caller> {
  const { workflowNamespace, workflowExecution, activityId, attempt } = activityInfo();
  const cluster = await clusterOf(Context.current());
  return { cluster, namespace: workflowNamespace!, ...workflowExecution!, activityId, attempt };
}

/** The ids of Temporal servers, by the client that is connected to them. */
const clusters = new WeakMap<object, string>();

/** The id of the server whose activity this is; null: it does not tell, or not now. */
async function clusterOf(context: Context): Promise<string | null> {
  try {
    const { client } = context;
    const known = clusters.get(client);
    if (known !== undefined) return known;
    const { clusterId } = await client.workflowService.getClusterInfo({});
    if (clusterId) clusters.set(client, clusterId);
    return clusterId || null;
  } catch {
    return null; // a server may forbid the question; then namespaces alone tell attempts apart
  }
}

/**
 * Asks Temporal whether an attempt is under way. One whose worker has vanished is none from its missed heartbeat on. Taken
 * where the activity begins, as calls may run in the context of another one.
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
      return true; // Temporal does not answer: whoever waits asks again
    }
  };
}
