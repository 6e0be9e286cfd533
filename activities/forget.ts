import { activityInfo } from '@temporalio/activity';
import { Failure } from '../contract/failure.ts';
import type { ErasedIn } from '../contract/forget.ts';
import { eraseFrom } from '../state/forgotten/erase.ts';
import { eraseProfiles } from '../state/forgotten/erase-profiles.ts';
import { completeRecord } from '../state/forgotten/record.ts';
import { rows } from '../state/state.ts';
import type { Dependencies } from './dependencies.ts';
import { isOpen } from './is-open.ts';
import { cancellation, untilCancelled } from './progress.ts';

/**
 * Erases a record's person from the profile directories, and returns the activations in which the person must be
 * erased: all that ever ran. @throws Failure InvalidActivation
 */
export async function beginForgetting({ state }: Dependencies, record: number): Promise<string[]> {
  const [found] = await rows(state, 'select from forgotten where no = ?', [record]);
  if (!found) {
    throw new Failure('wishUnknown', { record });
  }
  await untilCancelled(eraseProfiles(state, String(record)));
  const activations = await rows<{ id: string }>(state, 'select id from activations order by id');
  return activations.map(({ id }) => id);
}

/** Erases a record's person in one activation. @throws Failure RunUnderWay */
export async function forgetIn(
  { state }: Dependencies,
  { record, activation }: { record: number; activation: string },
): Promise<ErasedIn> {
  const { workflowNamespace, workflowExecution } = activityInfo();
  const execution = { namespace: workflowNamespace!, ...workflowExecution! };
  const erasure = { record: String(record), activation, execution };
  return { activation, ...(await untilCancelled(eraseFrom(state, erasure, isOpen, cancellation()))) };
}

/** Records that the person was erased everywhere. */
export async function endForgetting({ state }: Dependencies, record: number): Promise<void> {
  await completeRecord(state, String(record));
}
