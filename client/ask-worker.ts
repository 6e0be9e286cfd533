import { WorkflowIdConflictPolicy, type Client } from '@temporalio/client';
import type { z } from 'zod';
import { checkArgument } from '../contract/argument.ts';
import { decisionSchema, type DecisionInput, type DecisionRequest } from '../contract/decision.ts';
import { Failure } from '../contract/failure.ts';
import { TASK_QUEUE } from '../contract/names.ts';
import { followWorkflow, type FollowOptions } from './follow.ts';

/** Nobody waits longer than this for an answer. */
const LIFETIME = '10 minutes';
/** Every workflow answers it, so it tells whether there is a worker. */
const METADATA_QUERY = '__temporal_workflow_metadata';

/** How an answer is waited for. */
export interface AskOptions extends Omit<FollowOptions, 'onProgress'> {
  /** Default: the product's. */
  taskQueue?: string;
}

/** A workflow that only answers. */
export interface Question {
  type: string;
  /** Who asks under an id that is being answered gets that answer. */
  workflowId: string;
  request: object;
  /** How long an answer is worth waiting for; default: a few minutes. */
  lifetime?: '10 minutes' | '30 days';
}

/**
 * Asks what only a worker can tell, since it has the secrets and stands where the network lets it in.
 * @throws WorkflowFailedError when it cannot be told (see runFailure), AbortError when the waiting was ended
 */
export async function askWorker<R>(
  client: Client,
  { type, workflowId, request, lifetime = LIFETIME }: Question,
  { taskQueue = TASK_QUEUE, ...follow }: AskOptions = {},
): Promise<R> {
  const handle = await client.workflow.start<(request: object) => Promise<R>>(type, {
    taskQueue,
    workflowId,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowExecutionTimeout: lifetime,
    args: [request],
  });
  return followWorkflow(handle, METADATA_QUERY, follow);
}

/** Checks a decision before anything is asked. @throws Failure InvalidActivation */
export function checkDecision(input: DecisionInput): DecisionRequest {
  return checked(decisionSchema, input);
}

/**
 * Checks the argument of a workflow before it is started: then nothing bad reaches the server.
 * @throws Failure InvalidActivation
 */
export function checked<S extends z.ZodType>(schema: S, input: z.input<S>): z.output<S> {
  const result = checkArgument(schema, input);
  if ('value' in result) return result.value;
  throw new Failure('requestUnusable', { problems: result.problems });
}
