import { id as idSchema } from '../activation/definition/common.ts';
import { choiceFor } from '../activation/suggestion.ts';
import { projectFolder } from '../config/folder-setting.ts';
import { activationIds, loadProject, problemsOfDestination, requireKnown } from '../config/project.ts';
import { Failure, isFailure } from '../contract/failure.ts';

/* Checks against the project folder before a command starts anything. All of them need a readable folder. */

/** Makes sure that a text is a valid name of an activation. @throws Failure InvalidActivation */
export function checkActivationId(activation: string): void {
  if (!idSchema.safeParse(activation).success) throw new Failure('activationIdUnusable', { activation });
}

/** Makes sure that the project has an activation. @throws Failure InvalidActivation, ConfigurationInvalid */
export async function checkActivation(activation: string, env: NodeJS.ProcessEnv): Promise<void> {
  requireKnown(await loadProject(projectFolder(env)), activation);
}

/** The names in a request for a run, or in a decision about one. */
export interface Named {
  activation: string;
  plan?: string;
  /** The number of the run to go back to. */
  to?: string;
}

/**
 * Makes sure, before anything starts, that the named things exist, as far as this machine can tell. Activations need
 * the project folder; plans and runs need the state database. The worker checks all of it again.
 * @throws Failure InvalidActivation or PlanUnknown with the most similar name, ConfigurationInvalid
 */
export async function checkNamed({ activation, plan, to }: Named, env: NodeJS.ProcessEnv): Promise<void> {
  if (env.ACTITO_SYNC_PROJECT !== undefined) await checkActivation(activation, env);
  if (!env.ACTITO_SYNC_DATABASE_URL || (plan ?? to) === undefined) return;
  const { withWritableState } = await import('./state.ts');
  const { requirePlan } = await import('../state/decisions.ts');
  const { requirePastRun } = await import('../state/undo.ts');
  try {
    await withWritableState(env, async (state) => {
      if (to !== undefined) await requirePastRun(state, activation, to);
      if (plan !== undefined) await requirePlan(state, activation, plan);
    });
  } catch (error) {
    if (!isFailure(error) || isFailure(error, 'InvalidActivation', 'PlanUnknown')) throw error;
    // This machine cannot read the state database. The worker can, and makes the same check.
  }
}

/** Makes sure that the project has a destination. @throws Failure InvalidActivation, ConfigurationInvalid */
export async function checkDestination(destination: string, env: NodeJS.ProcessEnv): Promise<void> {
  const folder = projectFolder(env);
  const project = await loadProject(folder);
  const { destinations } = project;
  if (destinations.has(destination)) return;
  const problems = problemsOfDestination(project, destination);
  if (problems.length > 0) throw new Failure('destinationInvalid', { destination, folder, problems });
  const choice = choiceFor(destination, [...destinations.keys()]);
  throw new Failure('projectLacksDestination', { folder, destination, ...choice });
}

/** Makes sure that the project has a destination or an activation. @throws Failure InvalidActivation, ConfigurationInvalid */
export async function checkTarget(target: string, env: NodeJS.ProcessEnv): Promise<void> {
  const folder = projectFolder(env);
  const project = await loadProject(folder);
  const known = [...project.destinations.keys(), ...activationIds(project)];
  if (known.includes(target) || problemsOfDestination(project, target).length > 0) return;
  const choice = choiceFor(target, known);
  throw new Failure('projectLacksTarget', { folder, target, ...choice });
}
