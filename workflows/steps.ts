import { isCancellation } from '@temporalio/workflow';
import type { PlanSummary } from '../contract/plan.ts';
import type { OpenedRun, RunRef } from '../contract/steps.ts';
import {
  compare,
  confirmList,
  importAttributes,
  plan,
  provision,
  pushList,
  rebase,
  refreshProfiles,
} from './activities.ts';
import { tell } from '../contract/messages/tell.ts';
import { counted } from '../contract/messages/words.ts';
import { failureType, failWith, isTimeout, messageOf, ownFailure } from './failure.ts';
import type { Story } from './story/story.ts';

/** A run between `open` and `settle`: the data that its steps share. */
export interface Run {
  opened: OpenedRun;
  ref: RunRef;
  story: Story;
  /** Set by `makePlan`. */
  planned?: PlanSummary;
  /** Why the list is delivered; null if it is not delivered. Set by `provisionInActito`. */
  push?: string | null;
  /** The list is delivered before its attributes. Set by `sendAttributes`. */
  importFollows?: boolean;
}

/** One step of a run. A mode (modes/) is a list of them. */
export type Step = (run: Run) => Promise<void>;

/**
 * Reads the new exports, if the list is resolved by the profile directory. A file server that is away must not stop the
 * run: a guard holds it once the directory is too old.
 */
export async function readProfiles({ opened, ref, story }: Run): Promise<void> {
  if (!opened.directory) return;
  story.phase('reading the exports of profiles');
  try {
    const { notes } = await refreshProfiles(ref);
    for (const note of notes) story.note(note);
  } catch (error) {
    const isFinal = ['RunSuperseded', 'ConfigurationInvalid'].includes(failureType(error) ?? '');
    if (isCancellation(error) || isFinal) throw error;
    story.note(tell('exportsNotRead', { failure: messageOf(ownFailure(error)) }));
  }
}

/** Reads the segment, or the list to restore, and stores its differences from the state. */
export async function compareSegment({ opened, ref, story }: Run): Promise<void> {
  story.phase('reading the segment');
  story.read(await compare.executeWithOptions(bounded(opened), [ref]));
}

/** Plans what the run does. */
export async function makePlan(run: Run): Promise<void> {
  run.story.phase('planning');
  run.planned = await plan(run.ref);
  run.story.planned(run.planned);
}

/** Ends the run as held if a guard requires it. */
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

/**
 * Sends the attributes. A failed import must not keep removed members on the list, so it is only noted, unless
 * attributes are required. A list that is due waits some minutes for its attributes. Then it is delivered first, unless
 * a guard needs the import's results, and the run returns to the import.
 */
export async function sendAttributes(run: Run): Promise<void> {
  const { opened, planned, push } = run;
  if (planned!.toSend === 0) return;
  const { timeout, attributesRequired, listWaits = timeout } = opened;
  const mayGoFirst = push && !attributesRequired && planned!.listNeedsImport === false && listWaits < timeout;
  await importWithin(run, mayGoFirst ? listWaits : timeout, (error) => {
    if (!mayGoFirst || !isTimeout(error)) return false;
    run.importFollows = true;
    run.story.note(
      tell('listGoesFirst', { minutes: minutesOf(listWaits), failure: messageOf(ownFailure(error)) }),
    );
    return true;
  });
}

/** The list is delivered, so the import can use the full timeout of a run. */
export async function followImport(run: Run): Promise<void> {
  if (!run.importFollows) return;
  run.importFollows = false;
  await importWithin(run, run.opened.timeout, () => false);
}

/** The import is followed to its end even if the delivery of the list failed. */
export async function followAfter(run: Run, error: unknown): Promise<void> {
  if (isCancellation(error) || ['StateDamaged', 'RunSuperseded'].includes(failureType(error) ?? '')) return;
  await followImport(run).catch((second: unknown) => {
    if (isCancellation(second)) throw second;
    run.story.note(tell('attributesNotSent', { failure: messageOf(ownFailure(second)) }));
  });
}

/** Sends attributes and waits for the import. @param pass returns true for a failure that is not noted */
async function importWithin(run: Run, time: number, pass: (error: unknown) => boolean): Promise<void> {
  const { opened, ref, planned, story } = run;
  story.phase('importing attributes');
  const summary = `Send the attributes of ${counted(planned!.toSend, 'member')} and wait for the import`;
  const options = { summary, scheduleToCloseTimeout: time };
  try {
    const { deferredChunks, again, unexplained } = await importAttributes.executeWithOptions(options, [ref]);
    if (again) story.note(tell('sentAgain', again));
    if (unexplained) story.note(tell('rowsInErrorUnknown', unexplained));
    if (deferredChunks > 0) story.note(tell('quotaUsedUp', {}));
  } catch (error) {
    const blocks =
      opened.attributesRequired || ['StateDamaged', 'RunSuperseded'].includes(failureType(error) ?? '');
    if (blocks || isCancellation(error)) throw error;
    if (!pass(error)) story.note(tell('attributesNotSent', { failure: messageOf(ownFailure(error)) }));
  }
}

/** Delivers the full list if it is due. The match rate can hold the run at this point. */
export async function deliverList({ opened, ref, planned, push, story }: Run): Promise<void> {
  if (!push) return;
  story.phase('delivering the list');
  const summary = `Deliver the list of ${counted(planned!.counts.members ?? 0, 'member')} (${push})`;
  const pushed = await pushList.executeWithOptions({ summary }, [ref]);
  if ('held' in pushed) throw held(opened, pushed.held, story);
  if (pushed.unseen) story.note(pushed.unseen);
}

/** Waits until Actito has retrieved the list, up to a timeout. */
export async function confirmDelivery({ ref, story }: Run): Promise<void> {
  story.phase('waiting for Actito');
  story.listed(await confirmList(ref).catch(passTimeout));
}

/** Assumes that Actito matches the segment. */
export async function assumeSegment({ ref, story }: Run): Promise<void> {
  story.phase('settling');
  await rebase(ref);
  story.rebased();
}

/** Guards hold the run: the list is unchanged until a decision, or until the warehouse data changes. */
function held({ activation, task }: OpenedRun, planned: PlanSummary, story: Story): Error {
  story.planned(planned);
  story.holding(planned);
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

/** The timeout is how long the list can wait. */
function bounded({ timeout }: OpenedRun): { scheduleToCloseTimeout: number } {
  return { scheduleToCloseTimeout: timeout };
}

function minutesOf(milliseconds: number): number {
  return Math.max(1, Math.round(milliseconds / 60_000));
}

/** Actito may retrieve the file after our timeout; then the list is reported as delivered but not confirmed. */
function passTimeout(error: unknown): null {
  const waited = ['ListPending', 'ActitoUnavailable', 'DeliveryUnavailable'];
  const type = failureType(error);
  // Temporal names no type if the time was up while an attempt ran. The file is on the server in any case.
  if (type ? waited.includes(type) : isTimeout(error)) return null;
  throw error;
}
