import { activityInfo } from '@temporalio/activity';
import { usesDirectory } from '../activation/definition/definition.ts';
import { LIST_WAITS } from '../activation/periods.ts';
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

/** The maximum time that a run waits for other systems, in milliseconds. */
const MAX_TIMEOUT = 6 * 3_600_000;

/**
 * Opens the run. Otherwise returns the workflow that already runs this activation, or why this scheduled run is
 * skipped.
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
    // The project decides how long history is kept. If its settings cannot be read, nothing is deleted.
    if (settings) await applyRetention(deps.state, settings.retention);
  }
  const { run, fence } = result.run;
  const { activation: active, destination } = result.run.definition;
  const { id, name, list, segment, attributesRequired } = active;
  const { imports } = destination;
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
      ...(usesDirectory(active) ? { directory: true as const } : {}),
      // If runs are frequent enough, a list is renewed when half of its validity has passed, at the latest.
      timeout: Math.min(MAX_TIMEOUT, list.validity / 4),
      listWaits: (imports?.listWaitsFor ?? LIST_WAITS) + (imports?.shareWithin ?? 0),
    },
  };
}

/** A cleanup for other activations must not fail this run. */
async function tidyElsewhere({ state }: Dependencies, own: Holder & { activation: string }): Promise<void> {
  try {
    await closeElsewhere(state, own, isOpen);
  } catch (error) {
    const why = tellable(stateFailure(error) ?? temporalFailure(error) ?? error);
    warn('othersNotClosed', { why });
  }
}

/**
 * Returns the task of the run. A sync that applies a plan takes the task from that plan, which can be a resync or an
 * undo.
 * @throws Failure PlanUnknown
 */
async function taskFor({ state }: Dependencies, request: RunRequest): Promise<Task> {
  const task = taskOf(request);
  if (task.plan === undefined) return task;
  const made = await requirePlan(state, request.activation, task.plan);
  return request.mode === 'sync' && made.task.sends ? applying(task, made.task) : task;
}
