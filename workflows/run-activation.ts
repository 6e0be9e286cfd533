import { isCancellation } from '@temporalio/workflow';
import type { OpenedRun } from '../contract/steps.ts';
import type { PlanSummary } from '../contract/plan.ts';
import {
  compare,
  confirmList,
  importAttributes,
  open,
  plan,
  provision,
  pushList,
  rebase,
} from './activities.ts';
import type { RunResult } from '../contract/result.ts';
import { end, endFailed, unsettled } from './end.ts';
import { failureType, messageOf, ownFailure, toldAsOwn } from './failure.ts';
import { hold } from './hold.ts';
import { parseRequest } from './request.ts';
import { Story } from './story/story.ts';

/**
 * One run of an activation: straight-line, never waiting for a human being. Whatever happens after `open`, the run
 * is settled and closed. The argument is checked here because people start it from the bare Temporal CLI.
 */
export async function runActivation(input: unknown): Promise<RunResult> {
  const request = parseRequest(input);
  const story = new Story(request);
  const answer = await toldAsOwn(() => open(request)).catch((error: unknown) => {
    story.unclosed(error as Error);
    throw error;
  });
  if ('busy' in answer) return story.skipped(answer.busy);
  const run = answer.opened;
  story.opened(run);
  try {
    await (request.dryRun ? readAndPlan(run, story) : synchronize(run, story));
  } catch (error) {
    throw await endFailed(run, story, error);
  }
  const closed = await end(run, story, { outcome: 'succeeded' }).catch((error: unknown) => {
    throw unsettled(story, ownFailure(error));
  });
  return story.result(request.dryRun ? 'planned' : closed.outcome, closed);
}

/** What follows `open`. */
async function synchronize(run: OpenedRun, story: Story): Promise<void> {
  const planned = await readAndPlan(run, story);
  if (planned.guards.length > 0) await hold(run, planned, story);
  await (run.rebase ? rebaseOnly(run, story) : deliver(run, planned, story));
}

/** Nothing is sent: the segment is taken for what Actito has. */
async function rebaseOnly({ run, fence }: OpenedRun, story: Story): Promise<void> {
  story.phase('settling');
  await rebase({ run, fence });
  story.rebased();
}

async function readAndPlan(run: OpenedRun, story: Story): Promise<PlanSummary> {
  const ref = { run: run.run, fence: run.fence };
  story.phase('reading the segment');
  story.read({ ...(await compare.executeWithOptions(bounded(run), [ref])) });
  story.phase('planning');
  const planned = await plan(ref);
  story.planned(planned);
  return planned;
}

async function deliver(run: OpenedRun, planned: PlanSummary, story: Story): Promise<void> {
  const ref = { run: run.run, fence: run.fence };
  story.phase('provisioning');
  const provisioned = await provision(ref);
  story.provisioned(provisioned);
  if (planned.toSend > 0) {
    story.phase('importing attributes');
    await importUnlessItFails(run, planned, story);
  }
  if (provisioned.push) {
    story.phase('pushing the list');
    const summary = `Deliver the list of ${planned.counts.members ?? 0} members (${provisioned.push})`;
    const pushed = await pushList.executeWithOptions({ summary }, [ref]);
    if ('held' in pushed) await hold(run, pushed.held, story);
  }
  story.phase('waiting for Actito');
  story.listed(await confirmList(ref).catch(passTimeout));
}

/** No longer than the list can wait; a run that an earlier version began does not know that. */
function bounded({ patience }: Partial<OpenedRun>): { scheduleToCloseTimeout?: number } {
  return patience === undefined ? {} : { scheduleToCloseTimeout: patience };
}

/** Attributes never keep a member on the list who left: their failure is noted, unless they are required. */
async function importUnlessItFails(run: OpenedRun, { toSend }: PlanSummary, story: Story): Promise<void> {
  const summary = `Send the attributes of ${toSend} members, wait for the import`;
  try {
    const { deferredChunks } = await importAttributes.executeWithOptions({ summary, ...bounded(run) }, [
      { run: run.run, fence: run.fence },
    ]);
    if (deferredChunks > 0)
      story.note("The day's quota of imports is used up: the remaining attributes go with a later run.");
  } catch (error) {
    const blocks =
      run.attributesRequired || ['StateDamaged', 'RunSuperseded'].includes(failureType(error) ?? '');
    if (blocks || isCancellation(error)) throw error;
    story.note(`Attributes were not all sent: ${messageOf(ownFailure(error))}`);
  }
}

/** Actito may take longer to look for a file than we wait: then the list is delivered, and told as not confirmed. */
function passTimeout(error: unknown): null {
  const waited = ['ListPending', 'ActitoUnavailable', 'DeliveryUnavailable'];
  if (waited.includes(failureType(error) ?? '')) return null; // the file lies in its place, whoever cannot be asked
  throw error;
}
