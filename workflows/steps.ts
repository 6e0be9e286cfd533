import { isCancellation } from '@temporalio/workflow';
import type { PlanSummary } from '../contract/plan.ts';
import type { OpenedRun, RunRef } from '../contract/steps.ts';
import { compare, confirmList, importAttributes, plan, provision, pushList, rebase } from './activities.ts';
import { tell } from '../contract/messages/tell.ts';
import { failureType, failWith, messageOf, ownFailure } from './failure.ts';
import type { Story } from './story/story.ts';

/** A run between `open` and `settle`: what its steps know, and leave for those after them. */
export interface Run {
  opened: OpenedRun;
  ref: RunRef;
  story: Story;
  /** Since `makePlan`. */
  planned?: PlanSummary;
  /** Whether the list is to be delivered, since `provisionInActito`. */
  push?: string | null;
}

/** One step of a run. A mode (modes/) is a list of them. */
export type Step = (run: Run) => Promise<void>;

/** Reads the segment, or the list to go back to, and keeps what differs from what Actito acknowledged. */
export async function compareSegment({ opened, ref, story }: Run): Promise<void> {
  story.phase('reading the segment');
  story.read(await compare.executeWithOptions(bounded(opened), [ref]));
}

/** Says what the run will do. */
export async function makePlan(run: Run): Promise<void> {
  run.story.phase('planning');
  run.planned = await plan(run.ref);
  run.story.planned(run.planned);
}

/** Ends the run as held if a guard says so. */
export async function askGuards({ opened, planned, story }: Run): Promise<void> {
  if (planned!.guards.length > 0) throw held(opened, planned!, story);
}

/** Looks up attributes and list in Actito, and creates what is missing. */
export async function provisionInActito(run: Run): Promise<void> {
  run.story.phase('provisioning');
  const provisioned = await provision(run.ref);
  run.push = provisioned.push;
  run.story.provisioned(provisioned);
}

/** Attributes never keep a member on the list who left: their failure is noted, unless they are required. */
export async function sendAttributes({ opened, ref, planned, story }: Run): Promise<void> {
  const { toSend } = planned!;
  if (toSend === 0) return;
  story.phase('importing attributes');
  const summary = `Send the attributes of ${toSend} members, wait for the import`;
  try {
    const { deferredChunks, again } = await importAttributes.executeWithOptions(
      { summary, ...bounded(opened) },
      [ref],
    );
    if (again) story.note(tell('sentAgain', again));
    if (deferredChunks > 0) story.note(tell('quotaUsedUp', {}));
  } catch (error) {
    const blocks =
      opened.attributesRequired || ['StateDamaged', 'RunSuperseded'].includes(failureType(error) ?? '');
    if (blocks || isCancellation(error)) throw error;
    story.note(tell('attributesNotSent', { failure: messageOf(ownFailure(error)) }));
  }
}

/** Delivers the full list if that is due; the match rate may hold the run only now. */
export async function deliverList({ opened, ref, planned, push, story }: Run): Promise<void> {
  if (!push) return;
  story.phase('pushing the list');
  const summary = `Deliver the list of ${planned!.counts.members ?? 0} members (${push})`;
  const pushed = await pushList.executeWithOptions({ summary }, [ref]);
  if ('held' in pushed) throw held(opened, pushed.held, story);
}

/** Waits until Actito has retrieved the list, but no longer than that is worth. */
export async function confirmDelivery({ ref, story }: Run): Promise<void> {
  story.phase('waiting for Actito');
  story.listed(await confirmList(ref).catch(passTimeout));
}

/** Takes the segment for what Actito has. */
export async function assumeSegment({ ref, story }: Run): Promise<void> {
  story.phase('settling');
  await rebase(ref);
  story.rebased();
}

/** Guards hold the run: the list stays as it is until someone decides, or the warehouse changes. */
function held({ activation, task }: OpenedRun, planned: PlanSummary, story: Story): Error {
  story.planned(planned);
  story.holding();
  const { hash, counts, guards, refused } = planned;
  return failWith('runHeld', {
    activation,
    planHash: hash,
    counts,
    guards,
    refused,
    rebase: task.sends ? undefined : true,
    undo: task.undo ?? undefined,
  });
}

/** No longer than the list can wait. */
function bounded({ patience }: OpenedRun): { scheduleToCloseTimeout: number } {
  return { scheduleToCloseTimeout: patience };
}

/** Actito may take longer to look for a file than we wait: then the list is delivered, and told as not confirmed. */
function passTimeout(error: unknown): null {
  const waited = ['ListPending', 'ActitoUnavailable', 'DeliveryUnavailable'];
  if (waited.includes(failureType(error) ?? '')) return null; // the file is on the server, whoever cannot be asked
  throw error;
}
