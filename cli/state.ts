import { withoutFinalBreak } from '../activation/definition/safe-text.ts';
import { Failure } from '../contract/failure.ts';
import { STATE_VARIABLE } from '../contract/names.ts';
import { activationIds, loadProject } from '../config/project.ts';
import { projectFolder } from '../config/folder-setting.ts';
import { nearest } from '../activation/suggestion.ts';
import { stateFailure } from '../state/failures.ts';
import { knownActivations } from '../state/report/activations.ts';
import { withSnapshot, type Snapshot } from '../state/report/snapshot.ts';
import { openState, type State } from '../state/state.ts';

/**
 * Opens the state database for a report, read-only.
 * @throws Failure ConfigurationInvalid, StateUnavailable or StateRefused; none of them quotes the URL
 */
export async function withState<T>(
  env: NodeJS.ProcessEnv,
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  return withWritableState(env, (state) => withSnapshot(state, work));
}

/** Opens the state database for a command that writes. Such commands write only what must not pass through Temporal. */
export async function withWritableState<T>(
  env: NodeJS.ProcessEnv,
  work: (state: State) => Promise<T>,
): Promise<T> {
  const state = openState({ url: databaseUrl(env), poolSize: 1 });
  try {
    return await work(state);
  } catch (error) {
    throw forReaders(error) ?? error;
  } finally {
    await state.destroy();
  }
}

function databaseUrl(env: NodeJS.ProcessEnv): string {
  const url = withoutFinalBreak(env[STATE_VARIABLE] ?? '');
  if (url === '') throw new Failure('stateNotConfigured', {});
  return url;
}

/** Rewords failures for a reader of the database: a worker would migrate the schema or report a defect instead. */
function forReaders(error: unknown): Failure | undefined {
  const { code = '' } = error as { code?: string };
  if (/^(42P01|42703|3F000)$/.test(code)) {
    return new Failure('stateLacksTables', { code });
  }
  if (code === '42501') return new Failure('stateRefusesAccess', { code });
  return stateFailure(error);
}

/**
 * Whether an activation ever ran.
 * @throws Failure InvalidActivation when neither the state database nor the project knows it
 */
export async function hasRun(
  snapshot: Snapshot,
  activation: string,
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  const ran = await knownActivations(snapshot);
  if (ran.includes(activation)) return true;
  const folder = projectFolder(env);
  const known = activationIds(await loadProject(folder));
  if (known.includes(activation)) return false;
  const either = [...new Set([...known, ...ran])];
  throw new Failure('activationUnknown', { activation, near: nearest(activation, either), known: either });
}
