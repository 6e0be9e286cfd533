import { canonicalKey } from '../../activation/keys/canonical.ts';
import { KEY_REJECTS } from '../../activation/keys/rejects.ts';
import { hintsOf, spellingsOf } from '../../activation/keys/spellings.ts';
import { projectFolder } from '../../config/folder-setting.ts';
import { activationIds, loadProject } from '../../config/project.ts';
import { Failure } from '../../contract/failure.ts';
import { recordForgotten } from '../../state/forgotten/record.ts';
import { knownCountries } from '../../state/report/activations.ts';
import { findForgotten, type ErasedProof, type ForgottenRecord } from '../../state/report/forgotten.ts';
import { withSnapshot } from '../../state/report/snapshot.ts';
import { withState, withWritableState } from '../state.ts';

/** A request to forget a person. */
export interface Forgetting {
  key: string;
  by: string;
  reason: string | null;
}

/** Checks a request to forget a person. @throws Failure InvalidActivation, without quoting the request */
export function checkForgetting({ key, by, reason }: Forgetting): void {
  const found = canonicalKey({ type: 'externalId' }, key);
  if ('reject' in found)
    throw new Failure('keyNotForgettable', { reject: found.reject, why: KEY_REJECTS[found.reject] });
  const says = (text: string | null) => text?.toLowerCase().includes(key.trim().toLowerCase());
  if (says(reason) || says(by)) throw new Failure('keyInReason', {});
}

/**
 * Writes the record from which the worker knows whom to erase. The key is stored only in our state, and only as digests
 * of all spellings that an activation can use.
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

/** What we know about a record: numbers, never the person. */
export interface Proof extends ForgottenRecord {
  activations: (ErasedProof & {
    /** The activation is still in the project: a run removes the person from its list. */
    inProject: boolean;
  })[];
}

/** @throws Failure InvalidActivation when no record has this number */
export async function requireProof(env: NodeJS.ProcessEnv, record: string): Promise<Proof> {
  const found = await withState(env, (snapshot) => findForgotten(snapshot, record));
  if (!found) throw new Failure('recordUnknown', { record });
  const known = activationIds(await loadProject(projectFolder(env)));
  return {
    ...found,
    activations: found.activations.map((each) => ({
      ...each,
      others: inCamelCase(each.others),
      inProject: known.includes(each.activation),
    })),
  };
}

/** Converts table names to JSON keys: `reject_stories` to `rejectStories`. */
function inCamelCase(numbers: Record<string, number>): Record<string, number> {
  const camelCase = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(numbers).map(([name, number]) => [camelCase(name), number]));
}
