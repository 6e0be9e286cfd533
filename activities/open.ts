import { activityInfo } from '@temporalio/activity';
import { tellable } from '../contract/failure.ts';
import { temporalFailure } from '../contract/grpc.ts';
import type { RunRequest } from '../contract/request.ts';
import type { FactsOf } from '../contract/messages/catalogue.ts';
import { isScheduled } from '../contract/names.ts';
import type { OpenedRun } from '../contract/steps.ts';
import { applying, taskOf, type Task } from '../contract/task.ts';
import type { Holder } from '../state/runs/lease.ts';
import { requirePlan } from '../state/decisions.ts';
import { stateFailure } from '../state/failures.ts';
import { closeElsewhere, openRun } from '../state/runs/open.ts';
import { restOf } from '../state/runs/rest.ts';
import { applyRetention } from '../state/runs/retention.ts';
import { requireUndo } from '../state/undo.ts';
import { warn } from './warn.ts';
import { currentDefinition } from './definition.ts';
import type { Dependencies } from './dependencies.ts';
import { isOpen } from './is-open.ts';

/** Longest that a run waits for others, in milliseconds. */
const MAX_PATIENCE = 6 * 3_600_000;

/**
 * Opens the run, or says which workflow runs this activation already, or that this start of its schedule must not try.
 */
export async function open(
  deps: Dependencies,
  request: RunRequest,
): Promise<{ opened: OpenedRun } | { busy: string } | { resting: FactsOf<'scheduleRests'> }> {
  const { settings, definition } = await currentDefinition(deps, request.activation);
  const { workflowNamespace, workflowExecution } = activityInfo();
  const holder = { namespace: workflowNamespace!, ...workflowExecution! };
  const { activation } = request;
  if (isScheduled(activation, holder.workflowId)) {
    const rest = await restOf(deps.state, activation, definition);
    if (rest) return { resting: { ...rest, since: rest.since.toISOString(), next: rest.next.toISOString() } };
  }
  const task = await taskFor(deps, request);
  if (task.undo !== null) await requireUndo(deps.state, { activation, to: task.undo, definition });
  const result = await openRun(deps.state, { ...holder, activation, task, definition }, isOpen);
  if ('busy' in result) return { busy: result.busy.workflowId };
  if (!task.preview) {
    await tidyElsewhere(deps, { ...holder, activation });
    // How long the past is kept is the project's to say: when nobody knows, nothing is deleted.
    if (settings) await applyRetention(deps.state, settings.retention);
  }
  const { run, fence } = result.run;
  const { id, name, list, segment, attributesRequired } = result.run.definition.activation;
  return {
    opened: {
      run,
      fence,
      activation: id,
      task,
      name,
      list: list.name,
      segment: segment.name,
      attributesRequired,
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
    const why = tellable(stateFailure(error) ?? temporalFailure(error) ?? error);
    warn('othersNotClosed', { why });
  }
}

/**
 * What the run does. A sync that applies a plan does what that plan says: it may be one of a resync or an undo.
 * @throws Failure PlanUnknown
 */
async function taskFor({ state }: Dependencies, request: RunRequest): Promise<Task> {
  const task = taskOf(request);
  if (task.plan === undefined) return task;
  const made = await requirePlan(state, request.activation, task.plan);
  return request.mode === 'sync' && made.task.sends ? applying(task, made.task) : task;
}
