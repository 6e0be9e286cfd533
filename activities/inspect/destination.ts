import type { Activation } from '../../activation/definition/definition.ts';
import type { Destination } from '../../activation/definition/destination.ts';
import { Failure } from '../../contract/failure.ts';
import { loadProject, problemsOfDestination } from '../../config/project.ts';
import { choiceFor } from '../../activation/suggestion.ts';
import type { Dependencies } from '../dependencies.ts';

/** The maximum number of rows that an inspection returns, because a workflow's result must stay small. */
export const MOST_ROWS = 1_000;

/**
 * Returns a destination of the project, and the activations that use it.
 * @throws Failure ConfigurationInvalid
 */
export async function findDestination(
  { projectFolder }: Dependencies,
  id: string,
): Promise<{ destination: Destination; activations: Activation[] }> {
  const project = await loadProject(projectFolder);
  const destination = project.destinations.get(id);
  if (!destination) {
    const { folder } = project;
    const problems = problemsOfDestination(project, id);
    if (problems.length > 0) throw new Failure('destinationInvalid', { destination: id, folder, problems });
    const choice = choiceFor(id, [...project.destinations.keys()]);
    throw new Failure('workerLacksDestination', { destination: id, ...choice });
  }
  const activations = [...project.activations.values()].filter((each) => each.destination === id);
  return { destination, activations };
}
