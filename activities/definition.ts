import { listTarget, type Definition } from '../activation/definition/definition.ts';
import { withEnvironment } from '../config/environment.ts';
import { definitionOf, loadProject } from '../config/project.ts';
import type { Settings } from '../config/settings.ts';
import { Failure } from '../contract/failure.ts';
import { deliveredTarget } from '../state/acknowledged.ts';
import type { Dependencies } from './dependencies.ts';

/**
 * Reads the current files of an activation, and the project's settings (undefined if `project.yaml` is not valid).
 * Errors in other files of the project folder are ignored.
 * @throws Failure InvalidActivation, or ConfigurationInvalid. The latter also if another activation has the same list
 *   or file, unless this activation delivered that list last: a file that was copied by mistake must neither stop nor
 *   replace the original
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
