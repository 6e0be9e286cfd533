import { listTarget, type Definition } from '../activation/definition/definition.ts';
import { withEnvironment } from '../config/environment.ts';
import { definitionOf, loadProject } from '../config/project.ts';
import type { Settings } from '../config/settings.ts';
import { Failure } from '../contract/failure.ts';
import { deliveredTarget } from '../state/acknowledged.ts';
import type { Dependencies } from './dependencies.ts';

/**
 * What an activation's files say now, and the project's settings (undefined: `project.yaml` is not valid). What is wrong in
 * other files of the project folder does not matter.
 * @throws Failure InvalidActivation, or ConfigurationInvalid, also when another activation wants the same list or file,
 * unless this one delivered that list last: a file that is copied by mistake must neither stop nor replace the original
 */
export async function currentDefinition(
  { projectFolder, env, state }: Dependencies,
  activation: string,
): Promise<{ settings: Settings | undefined; definition: Definition }> {
  const project = await loadProject(projectFolder);
  const definition = withEnvironment(definitionOf(project, activation), env);
  const problems = project.contested.get(activation);
  if (problems && (await deliveredTarget(state, activation)) !== listTarget(definition)) {
    throw new Failure('activationInvalid', { activation, folder: projectFolder, problems });
  }
  return { settings: project.settings, definition };
}
