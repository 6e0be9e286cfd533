import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { requestSchema, type RunInput, type RunRequest } from '../contract/request.ts';
import { TASK_QUEUE, workflowId, WORKFLOW_TYPE } from '../contract/names.ts';
import type { RunResult } from '../contract/result.ts';
import { checked } from './run/check.ts';
import { attachToRunning } from './run/running.ts';

export { doctor } from './doctor/doctor.ts';
export { inspect } from './inspect/inspect.ts';
export { cancelRun, type CancelledRun } from './run/cancel.ts';
export { decide } from './run/decide.ts';
export { runsUnderWay } from './run/under-way.ts';
export { ownSchedules, pauseSchedule, resumeSchedule, type OwnSchedule } from './schedules/own.ts';
export type { AskOptions } from './run/ask-worker.ts';
export { followRun, type Follow } from './run/follow.ts';
export type { Trouble } from './run/trouble.ts';
export { applyChange, foreseen, type AppliedSchedule } from './schedules/apply.ts';
export { ownerFrom, type Owner } from './schedules/owner.ts';
export { planSchedules, type ForeignSchedule, type SchedulePlan } from './schedules/plan.ts';

/** One execution of the workflow `runActivation`. */
export type RunHandle = WorkflowHandle<(input: RunInput) => Promise<RunResult>>;

export interface StartedRun {
  handle: RunHandle;
  request: RunRequest;
  /** The same request was running already, and this is its run. */
  attached: boolean;
}

export interface StartOptions {
  /** Default: the product's. */
  taskQueue?: string;
}

/**
 * Starts a run, or attaches to the one that does the same request now. Resolves as soon as the server has it; a
 * worker need not be there.
 * @throws Failure InvalidActivation for an unusable request, ActivationBusy when another request is running
 */
export async function startRun(
  client: Client,
  input: RunInput,
  { taskQueue = TASK_QUEUE }: StartOptions = {},
): Promise<StartedRun> {
  const request = checked(requestSchema, input);
  for (;;) {
    try {
      const id = workflowId(request);
      const { firstExecutionRunId } = await client.workflow.start(WORKFLOW_TYPE, {
        taskQueue,
        workflowId: id,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
        staticSummary: headline(request),
        args: [request],
      });
      return { handle: client.workflow.getHandle(id, firstExecutionRunId), request, attached: false };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    const handle = await attachToRunning(client, request);
    if (handle) return { handle, request, attached: true };
    // It ended between the two questions: the way is free.
  }
}

/** What the web UI's list and page say of a run before it has said anything itself. */
function headline(request: RunRequest): string {
  const { activation } = request;
  const planned = 'plan' in request && request.plan && `plan ${request.plan}`;
  return [...titles(request, activation), planned].filter(Boolean).join(', ');
}

function titles(request: RunRequest, activation: string): string[] {
  switch (request.mode) {
    case 'sync':
      return [`Run of ${activation}`];
    case 'resync':
    case 'rebase':
      return [`Run of ${activation}`, request.mode];
    case 'undo':
      return [`Run of ${activation}`, `undo to run ${request.to}`];
    case 'preview': {
      const { of } = request;
      const what = typeof of === 'object' ? [`undo to run ${of.undo}`] : of === 'sync' ? [] : [of];
      return [`Dry run of ${activation}`, ...what];
    }
  }
}
