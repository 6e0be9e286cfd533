import { Failure } from '../../contract/failure.ts';
import { projectFolder } from '../../config/folder-setting.ts';
import { activationIds, loadProject } from '../../config/project.ts';
import { findForgotten, type ErasedProof, type ForgottenRecord } from '../../state/report/forgotten.ts';
import { withState } from '../state.ts';

/** What is known of a record: numbers, and never who it is about. */
export interface Proof extends ForgottenRecord {
  activations: (ErasedProof & {
    /** The project still has it: a run takes the person off its list. */
    inProject: boolean;
  })[];
}

/** The proof of a record. @throws Failure InvalidActivation when there is none of this number */
export async function requireProof(env: NodeJS.ProcessEnv, record: string): Promise<Proof> {
  const found = await withState(env, (snapshot) => findForgotten(snapshot, record));
  if (!found) throw new Failure('recordUnknown', { record });
  const known = activationIds(await loadProject(projectFolder(env)));
  return {
    ...found,
    activations: found.activations.map((each) => ({ ...each, inProject: known.includes(each.activation) })),
  };
}
