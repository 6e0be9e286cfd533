import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { Failure } from '../contract/failure.ts';
import { TASK_QUEUE, workflowId, WORKFLOW_TYPE } from '../contract/names.ts';
import { requestSchema, type RunInput, type RunRequest } from '../contract/request.ts';
import type { RunResult } from '../contract/result.ts';
import { checked } from './ask-worker.ts';

/** One execution of the workflow `runActivation`. */
export type RunHandle = WorkflowHandle<(input: RunInput) => Promise<RunResult>>;

export interface StartedRun {
  handle: RunHandle;
  request: RunRequest;
  /** The same request was already running. The handle is that run's. */
  attached: boolean;
}

export interface StartOptions {
  /** Default: the product's. */
  taskQueue?: string;
}

/**
 * Starts a run, or attaches to the open run of the same request. Resolves when the server has the run; a worker does
 * not have to run yet.
 * @throws Failure InvalidActivation for an unusable request, ActivationBusy when another request is running
 */
export async function startRun(
  client: Client,
  input: RunInput,
  { taskQueue = TASK_QUEUE }: StartOptions = {},
): Promise<StartedRun> {
  const request = checkRequest(input);
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
    // The other run ended between the two calls, so try again.
  }
}

/**
 * Returns the open run with this request's workflow id; undefined when it has ended.
 * @throws Failure ActivationBusy when it has a different request
 */
async function attachToRunning(client: Client, request: RunRequest): Promise<RunHandle | undefined> {
  const id = workflowId(request);
  const { runId, closeTime, startTime } = await client.workflow.getHandle(id).describe();
  if (closeTime) return undefined;
  const running = await requestOf(client, id, runId);
  if (JSON.stringify(running) === JSON.stringify(request)) return client.workflow.getHandle(id, runId);
  throw new Failure('activationBusy', {
    workflowId: id,
    since: startTime.toISOString(),
    asked: request,
    ...(running ? { running } : {}),
  });
}

/**
 * Reads the request of an execution from the first event of its history, which exists for every client, including the
 * Temporal CLI. Undefined when the argument is invalid; such a run fails shortly.
 */
async function requestOf(client: Client, id: string, runId: string): Promise<RunRequest | undefined> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId: id, runId },
    maximumPageSize: 1,
  });
  const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  const [payload] = started?.input?.payloads ?? [];
  if (!payload) return undefined;
  return requestSchema.safeParse(defaultPayloadConverter.fromPayload(payload)).data;
}

/** Checks a request before the run starts. @throws Failure InvalidActivation */
export function checkRequest(input: RunInput): RunRequest {
  return checked(requestSchema, input);
}

/** The summary that Temporal's web UI shows until the run sets its own. */
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
