import type { Client } from '@temporalio/client';
import {
  DOCTOR_WORKFLOW_TYPE,
  doctorWorkflowId,
  type DoctorRequest,
  type DoctorResult,
} from '../../contract/doctor.ts';
import { askWorker, type AskOptions } from '../run/ask-worker.ts';

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
