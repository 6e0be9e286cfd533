import { WorkflowIdConflictPolicy, type Client } from '@temporalio/client';
import type { z } from 'zod';
import { checkArgument } from '../contract/argument.ts';
import {
  DECIDE_WORKFLOW_TYPE,
  decisionSchema,
  decisionWorkflowId,
  type DecisionInput,
  type DecisionRequest,
  type DecisionResult,
} from '../contract/decision.ts';
import {
  DOCTOR_WORKFLOW_TYPE,
  doctorWorkflowId,
  type DoctorRequest,
  type DoctorResult,
} from '../contract/doctor.ts';
import { Failure } from '../contract/failure.ts';
import { FORGET_WORKFLOW_TYPE, forgetWorkflowId, type ForgetResult } from '../contract/forget.ts';
import {
  INSPECT_WORKFLOW_TYPE,
  inspectWorkflowId,
  type InspectRequest,
  type InspectResult,
} from '../contract/inspect.ts';
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
interface Question {
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
async function askWorker<R>(
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

/**
 * Has the worker try everything that a run will need; what failed is part of the answer.
 * @throws WorkflowFailedError when it cannot be tried at all (see runFailure), AbortError when the waiting was ended
 */
export async function doctor(
  client: Client,
  request: DoctorRequest,
  options: AskOptions = {},
): Promise<DoctorResult> {
  const question = { type: DOCTOR_WORKFLOW_TYPE, workflowId: doctorWorkflowId(request), request };
  return askWorker<DoctorResult>(client, question, options);
}

/**
 * Looks up what exists in Actito, by the worker, which alone has the API key. Who asks while the same is being looked up
 * gets that answer.
 * @throws WorkflowFailedError when Actito or the configuration does not allow it (see runFailure), AbortError when the
 * waiting was ended
 */
export async function inspect(
  client: Client,
  request: InspectRequest,
  options: AskOptions = {},
): Promise<InspectResult> {
  const question = { type: INSPECT_WORKFLOW_TYPE, workflowId: inspectWorkflowId(request), request };
  return askWorker<InspectResult>(client, question, options);
}

/**
 * Records a decision about a held plan; an approval starts a run at once, unless it says otherwise.
 * @throws Failure InvalidActivation for an unusable decision, WorkflowFailedError when there is no such plan to decide on
 * (see runFailure), AbortError when the waiting was ended
 */
export async function decide(
  client: Client,
  input: DecisionInput,
  options: AskOptions = {},
): Promise<DecisionResult> {
  const request = checkDecision(input);
  const question = { type: DECIDE_WORKFLOW_TYPE, workflowId: decisionWorkflowId(request), request };
  return askWorker<DecisionResult>(client, question, options);
}

/**
 * Lets the worker erase a record's person, and waits until it has; who asks for the same person meanwhile waits for the
 * same. It goes on when the waiting is ended.
 * @throws WorkflowFailedError when it could not be done (see runFailure), AbortError when the waiting was ended
 */
export async function eraseRecord(
  client: Client,
  record: string,
  options: AskOptions,
): Promise<ForgetResult> {
  const request = { record: Number(record) };
  const workflowId = forgetWorkflowId(request);
  return askWorker(client, { type: FORGET_WORKFLOW_TYPE, workflowId, request, lifetime: '30 days' }, options);
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
