import { WorkflowIdConflictPolicy, type Client } from '@temporalio/client';
import type { z } from 'zod';
import { checkArgument } from '../contract/argument.ts';
import { decisionSchema, type DecisionInput, type DecisionRequest } from '../contract/decision.ts';
import { Failure } from '../contract/failure.ts';
import { TASK_QUEUE } from '../contract/names.ts';
import { followWorkflow, type FollowOptions } from './follow.ts';

/** The default time limit of a question. */
const LIFETIME = '10 minutes';
/** Every workflow answers this query, so it shows whether a worker is running. */
const METADATA_QUERY = '__temporal_workflow_metadata';

export interface AskOptions extends Omit<FollowOptions, 'onProgress'> {
  /** Default: the product's. */
  taskQueue?: string;
}

/** A workflow that only returns an answer. */
export interface Question {
  type: string;
  /** A second question with the same id gets the answer of the first. */
  workflowId: string;
  request: object;
  /** The time limit of the answer; default: a few minutes. */
  lifetime?: '10 minutes' | '30 days';
}

/**
 * Asks what only a worker can answer, because it has the secrets and the network access.
 * @throws WorkflowFailedError when the worker cannot answer (see runFailure), AbortError when `signal` ended the
 * waiting
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

/** Checks a decision before it is sent. @throws Failure InvalidActivation */
export function checkDecision(input: DecisionInput): DecisionRequest {
  return checked(decisionSchema, input);
}

/**
 * Checks the argument of a workflow before it starts, so that an invalid one never reaches the server.
 * @throws Failure InvalidActivation
 */
export function checked<S extends z.ZodType>(schema: S, input: z.input<S>): z.output<S> {
  const result = checkArgument(schema, input);
  if ('value' in result) return result.value;
  throw new Failure('requestUnusable', { problems: result.problems });
}
