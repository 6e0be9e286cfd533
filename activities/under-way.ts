import { activityInfo, Context } from '@temporalio/activity';
import type { Caller, IsUnderWay } from '../state/slots.ts';
import { isOpenStatus, isUnknown } from './is-open.ts';

/** temporal.api.enums.v1.PendingActivityState: STARTED, CANCEL_REQUESTED and PAUSE_REQUESTED, not SCHEDULED or PAUSED. */
const AT_WORK: (number | null | undefined)[] = [2, 3, 5];

/** This attempt of this activity. */
export function currentCaller(): Caller {
  const { workflowNamespace, workflowExecution, activityId, attempt } = activityInfo();
  return { namespace: workflowNamespace!, ...workflowExecution!, activityId, attempt };
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
