import type { Client } from '@temporalio/client';
import { Failure } from '../../contract/failure.ts';
import { canonicalKey } from '../../activation/keys/canonical.ts';
import { KEY_REJECTS } from '../../activation/keys/rejects.ts';
import { hintsOf, spellingsOf } from '../../activation/keys/spellings.ts';
import { projectFolder } from '../../config/folder-setting.ts';
import { loadProject } from '../../config/project.ts';
import { recordForgotten } from '../../state/forgotten/record.ts';
import { knownCountries } from '../../state/report/activations.ts';
import { withSnapshot } from '../../state/report/snapshot.ts';
import { FORGET_WORKFLOW_TYPE, forgetWorkflowId, type ForgetResult } from '../../contract/forget.ts';
import { askWorker, type AskOptions } from '../run/ask-worker.ts';
import { withWritableState } from '../state.ts';

/** Someone asks to be forgotten. */
export interface Forgetting {
  key: string;
  by: string;
  reason: string | null;
}

/**
 * Checks what is said of a person to be forgotten.
 * @throws Failure InvalidActivation, which does not quote it
 */
export function checkForgetting({ key, by, reason }: Forgetting): void {
  const found = canonicalKey({ type: 'externalId' }, key);
  if ('reject' in found)
    throw new Failure('keyNotForgettable', { reject: found.reject, why: KEY_REJECTS[found.reject] });
  const says = (text: string | null) => text?.toLowerCase().includes(key.trim().toLowerCase());
  if (says(reason) || says(by)) throw new Failure('keyInReason', {});
}

/**
 * Writes the record by which the worker knows whom to erase: the key itself goes to no other place than our state, and
 * there only as digests of all spellings that an activation could use.
 */
export async function makeRecord(
  env: NodeJS.ProcessEnv,
  { key, by, reason }: Forgetting,
): Promise<{ record: string; already: boolean }> {
  const { activations } = await loadProject(projectFolder(env));
  const wanted = [...activations.values()].map(({ matchingKey }) => matchingKey.defaultCountry);
  return withWritableState(env, async (state) => {
    const known = await withSnapshot(state, knownCountries);
    const countries = [...new Set([...wanted, ...known])];
    const [spellings, hints] = [spellingsOf(key, countries), hintsOf(key, countries)];
    return recordForgotten(state, { spellings, hints, by, reason });
  });
}

/**
 * Lets the worker erase a record's person, and waits until it has; who asks for the same person meanwhile waits for the
 * same. It goes on when the waiting is ended.
 * @throws WorkflowFailedError when it could not be done (see runFailure), AbortError when the waiting was ended
 */
export async function eraseRecord(
  client: Client,
  record: string,
  options: AskOptions,
): Promise<ForgetResult> {
  const request = { record: Number(record) };
  const workflowId = forgetWorkflowId(request);
  return askWorker(client, { type: FORGET_WORKFLOW_TYPE, workflowId, request, lifetime: '30 days' }, options);
}
