import { id as idSchema } from '../activation/definition/common.ts';
import { choiceFor } from '../activation/suggestion.ts';
import { projectFolder } from '../config/folder-setting.ts';
import { activationIds, loadProject, problemsOfDestination, requireKnown } from '../config/project.ts';
import { Failure } from '../contract/failure.ts';

/* What commands look up in the project folder before anything is started. All of it needs the folder to be readable. */

/** Makes sure that a text can be the name of an activation. @throws Failure InvalidActivation */
export function checkActivationId(activation: string): void {
  if (!idSchema.safeParse(activation).success) throw new Failure('activationIdUnusable', { activation });
}

/** Makes sure that the project has an activation. @throws Failure InvalidActivation, ConfigurationInvalid */
export async function checkActivation(activation: string, env: NodeJS.ProcessEnv): Promise<void> {
  requireKnown(await loadProject(projectFolder(env)), activation);
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
