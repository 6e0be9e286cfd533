import { activityInfo, Context } from '@temporalio/activity';
import { withEnvironment } from '../config/environment.ts';
import { definitionOf, loadProject } from '../config/project.ts';
import type { Holder } from '../state/lease.ts';
import { recordDecision, requirePlan, type Decision } from '../state/decisions.ts';
import { openRun } from '../state/open.ts';
import type { Request } from '../state/runs.ts';
import { applyRetention } from '../state/retention.ts';
import { requireUndo } from '../state/undo.ts';
import type { Dependencies } from './dependencies.ts';
import type { RunRef } from './run-ref.ts';

/** What the workflow knows of a run: it reads no configuration itself. */
export interface OpenedRun extends RunRef {
  /** Its id. */
  activation: string;
  /** The run that the list is put back to, by an undo. */
  undo?: string;
  name: string;
  list: string;
  segment: string;
  attributesRequired: boolean;
}

/** What a run was asked to do. */
export type RunRequest = Request & { activation: string };

/**
 * Opens the run, or says which workflow runs this activation already. An approval is recorded first: it counts for
 * the next run, should another be under way.
 */
export async function open(
  deps: Dependencies,
  request: RunRequest,
): Promise<{ opened: OpenedRun } | { busy: string }> {
  const project = await loadProject(deps.projectFolder);
  const definition = withEnvironment(definitionOf(project, request.activation), deps.env);
  const { workflowNamespace, workflowExecution } = activityInfo();
  const holder = { namespace: workflowNamespace!, ...workflowExecution! };
  const undo = await undoOf(deps, request);
  if (undo !== undefined)
    await requireUndo(deps.state, { activation: request.activation, to: undo, definition });
  if (request.approve !== undefined) await recordDecision(deps.state, approvalIn(request, holder));
  const result = await openRun(
    deps.state,
    { ...holder, activation: request.activation, request: { ...request, undo }, definition },
    isOpen,
  );
  if ('busy' in result) return { busy: result.busy.workflowId };
  if (!request.dryRun) await applyRetention(deps.state, project.settings.retention);
  const { run, fence } = result.run;
  const { id, name, list, segment, attributesRequired } = result.run.definition.activation;
  return {
    opened: {
      ...{ run, fence, activation: id, undo, name },
      ...{ list: list.name, segment: segment.name, attributesRequired },
    },
  };
}

/**
 * The run that the list is to be put back to: a plan that is to be applied, or is approved, says it itself.
 * @throws Failure PlanUnknown
 */
async function undoOf({ state }: Dependencies, request: RunRequest): Promise<string | undefined> {
  const { activation, plan, approve } = request;
  const named = plan === undefined ? undefined : await requirePlan(state, activation, plan);
  const approved = approve === undefined ? undefined : await requirePlan(state, activation, approve);
  return request.undo ?? approved?.undo ?? named?.undo ?? undefined;
}

function approvalIn(
  { activation, approve, by, reason }: RunRequest,
  { workflowId, runId }: Holder,
): Decision {
  const decided = { by: by ?? 'unknown', reason: reason ?? '' };
  return { activation, planHash: approve!, verdict: 'approved', ...decided, workflowId, runId };
}

/** temporal.api.enums.v1.WorkflowExecutionStatus: RUNNING and PAUSED. */
const OPEN_STATUSES: (number | null | undefined)[] = [1, 8];
/** The gRPC status code NOT_FOUND. */
const NOT_FOUND = 5;

/** Asks Temporal about the holder of a lease: a workflow that is closed, or unknown, holds nothing. */
async function isOpen({ namespace, workflowId, runId }: Holder): Promise<boolean> {
  const { workflowService } = Context.current().client;
  try {
    const described = await workflowService.describeWorkflowExecution({
      namespace,
      execution: { workflowId, runId },
    });
    return OPEN_STATUSES.includes(described.workflowExecutionInfo?.status);
  } catch (error) {
    if ((error as { code?: number }).code === NOT_FOUND) return false;
    throw error;
  }
}
