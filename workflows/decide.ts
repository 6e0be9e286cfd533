import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { decisionSchema, type DecidedRun, type DecisionResult } from '../contract/decision.ts';
import { workflowId } from '../contract/names.ts';
import type { RunRequest } from '../contract/request.ts';
import { decide as record } from './activities.ts';
import { markdownName } from '../contract/clean.ts';
import { showDetails } from './details.ts';
import { rethrowAsOwn } from './failure.ts';
import { parseArgument } from './request.ts';
import { runActivation } from './run-activation.ts';
import { inOrder } from './story/counts.ts';

/**
 * Records a decision about a held plan. An approval starts the run that it allows, as an independent workflow. After a
 * decline, scheduled runs continue, and the guards check each of them again.
 */
export async function decide(input: unknown): Promise<DecisionResult> {
  const request = parseArgument('decide', decisionSchema, input);
  const { decision, activation, plan, by, reason } = request;
  showDetails(
    `**${activation}** · plan ${plan} · ${decision} by **${markdownName(by)}** (self-reported): ${markdownName(reason)}`,
  );
  const { counts, next } = await rethrowAsOwn(() => record(request));
  const isRun = request.decision === 'approve' && request.run;
  const run = isRun ? await start(next, plan) : null;
  return { decision, activation, plan, by, reason, counts: inOrder(counts), run };
}

/** Null: a run that was started manually is in progress. The approval applies to the next run. */
async function start(request: RunRequest, plan: string): Promise<DecidedRun | null> {
  const id = workflowId(request);
  try {
    const child = await startChild(runActivation, {
      workflowId: id,
      args: [request],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `${request.activation}: approved plan ${plan}`,
    });
    return { workflowId: id, runId: child.firstExecutionRunId, request };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
    throw error;
  }
}
