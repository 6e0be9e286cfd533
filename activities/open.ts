import { activityInfo, log } from '@temporalio/activity';
import { Failure } from '../activation/failures.ts';
import { withEnvironment } from '../config/environment.ts';
import { definitionOf, loadProject } from '../config/project.ts';
import type { RunRequest } from '../contract/request.ts';
import type { OpenedRun } from '../contract/steps.ts';
import type { Holder } from '../state/runs/lease.ts';
import { recordDecision, requirePlan, type Decision } from '../state/decisions.ts';
import { stateFailure } from '../state/failures.ts';
import { closeElsewhere, openRun } from '../state/runs/open.ts';
import { applyRetention } from '../state/runs/retention.ts';
import { requireUndo } from '../state/undo.ts';
import type { Dependencies } from './dependencies.ts';
import { isOpen } from './is-open.ts';

/** Longest that a run waits for others, in milliseconds. */
const MAX_PATIENCE = 6 * 3_600_000;

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
  if (request.approve !== undefined) {
    await assertSameKind(deps, request, request.approve);
    await recordDecision(deps.state, approvalIn(request, holder));
  }
  const result = await openRun(
    deps.state,
    { ...holder, activation: request.activation, request: { ...request, undo }, definition },
    isOpen,
  );
  if ('busy' in result) return { busy: result.busy.workflowId };
  if (!request.dryRun) await tidyElsewhere(deps, { ...holder, activation: request.activation });
  if (!request.dryRun) await applyRetention(deps.state, project.settings.retention);
  const { run, fence } = result.run;
  const { id, name, list, segment, attributesRequired } = result.run.definition.activation;
  const { rebase } = request;
  return {
    opened: {
      ...{ run, fence, activation: id, name, undo, rebase },
      ...{ list: list.name, segment: segment.name, attributesRequired },
      // A list is renewed at half of its validity at the latest, if runs are frequent enough.
      patience: Math.min(MAX_PATIENCE, list.validity / 4),
    },
  };
}

/** What other activations have left is nobody's reason to fail. */
async function tidyElsewhere({ state }: Dependencies, own: Holder & { activation: string }): Promise<void> {
  try {
    await closeElsewhere(state, own, isOpen);
  } catch (error) {
    const why = stateFailure(error)?.message ?? (error as Error).name;
    log.warn(`Runs of other activations that have ended could not be closed: ${why}`);
  }
}

/** Whoever approves that something is sent has not approved that it is only taken for sent, nor the other way round. */
async function assertSameKind(
  { state }: Dependencies,
  { activation, rebase = false }: RunRequest,
  hash: string,
): Promise<void> {
  const held = await requirePlan(state, activation, hash);
  if (held.rebase === rebase) return;
  const command = held.rebase ? `rebase ${activation} --approve ${hash}` : `approve ${activation} ${hash}`;
  throw new Failure(
    'PlanUnknown',
    `Plan ${hash} of activation ${activation} is the plan of ${held.rebase ? 'a rebase' : 'an ordinary run'}. ` +
      `It is approved by: actito-sync ${command} --reason "…"`,
  );
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
