import { activityInfo } from '@temporalio/activity';
import { withEnvironment } from '../config/environment.ts';
import { definitionOf, loadProject } from '../config/project.ts';
import type { Holder } from '../state/lease.ts';
import { recordDecision, requirePlan, type Decision } from '../state/decisions.ts';
import { openRun } from '../state/open.ts';
import type { Request } from '../state/runs.ts';
import { applyRetention } from '../state/retention.ts';
import type { Dependencies } from './dependencies.ts';
import { isOpen } from './is-open.ts';
import type { RunRef } from './run-ref.ts';

/** What the workflow knows of a run: it reads no configuration itself. */
export interface OpenedRun extends RunRef {
  /** Its id. */
  activation: string;
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
  if (request.plan !== undefined) await requirePlan(deps.state, request.activation, request.plan);
  if (request.approve !== undefined) await recordDecision(deps.state, approvalIn(request, holder));
  const result = await openRun(
    deps.state,
    { ...holder, activation: request.activation, request, definition },
    isOpen,
  );
  if ('busy' in result) return { busy: result.busy.workflowId };
  if (!request.dryRun) await applyRetention(deps.state, project.settings.retention);
  const { run, fence } = result.run;
  const { id, name, list, segment, attributesRequired } = result.run.definition.activation;
  return {
    opened: { run, fence, activation: id, name, list: list.name, segment: segment.name, attributesRequired },
  };
}

function approvalIn(
  { activation, approve, by, reason }: RunRequest,
  { workflowId, runId }: Holder,
): Decision {
  const decided = { by: by ?? 'unknown', reason: reason ?? '' };
  return { activation, planHash: approve!, verdict: 'approved', ...decided, workflowId, runId };
}
