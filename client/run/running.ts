import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { Failure } from '../../contract/failure.ts';
import { requestSchema, type RunRequest } from '../../contract/request.ts';
import { workflowId } from '../../contract/names.ts';
import type { RunHandle } from '../activation-client.ts';

/**
 * The run that is open under this request's workflow id; undefined when there is none any more.
 * @throws Failure ActivationBusy when it does something else
 */
export async function attachToRunning(client: Client, request: RunRequest): Promise<RunHandle | undefined> {
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
 * What an execution was started with, from the first event of its history: that holds whoever started it, also the
 * bare Temporal CLI. Undefined when it is no request at all; such a run is about to fail.
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
