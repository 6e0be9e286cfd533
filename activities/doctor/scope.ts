import type { Activation } from '../../activation/definition/definition.ts';
import type { Destination } from '../../activation/definition/destination.ts';
import type { Source } from '../../activation/definition/source.ts';
import { Failure } from '../../contract/failure.ts';
import { loadProject, problemsOfDestination, type Project } from '../../config/project.ts';
import type { ProjectProblem } from '../../contract/messages/project.ts';
import { choiceFor } from '../../activation/suggestion.ts';
import type { Told } from '../../contract/messages/message.ts';

/** The part of a project to check. */
export interface Scope {
  sources: [id: string, source: Source][];
  destinations: [id: string, destination: Destination][];
  activations: Activation[];
  /** Destinations whose lists actito-sync creates: no activation says otherwise. */
  listsOf: string[];
  warnings: Told[];
  /** Errors in the folder that concern this part. */
  problems: ProjectProblem[];
}

/**
 * Returns the destination or the activation of that name, with everything that it uses; without a name, the whole
 * project. Invalid files are left out.
 * @throws Failure ConfigurationInvalid
 */
export async function findScope(projectFolder: string, target: string | undefined): Promise<Scope> {
  const project = await loadProject(projectFolder);
  const { warnings } = project;
  const isMeant = (id: string) => target === undefined || id === target;
  const activations = [...project.activations.values()].filter(({ id }) => isMeant(id));
  const isUsed = (kind: 'source' | 'destination', id: string) =>
    activations.some((activation) => activation[kind] === id);
  const sources = [...project.sources].filter(([id]) => target === undefined || isUsed('source', id));
  const destinations = [...project.destinations].filter(([id]) => isMeant(id) || isUsed('destination', id));
  const problems = target === undefined ? project.problems : problemsOf(project, target);
  if (target !== undefined && destinations.length === 0 && problems.length === 0) {
    const choice = choiceFor(target, [...project.destinations.keys(), ...project.activations.keys()]);
    throw new Failure('workerLacksTarget', { target, ...choice });
  }
  // A destination that was named includes all of its activations.
  const listsOf = destinations
    .map(([id]) => id)
    .filter((id) => {
      const users = (isMeant(id) ? [...project.activations.values()] : activations).filter(
        ({ destination }) => destination === id,
      );
      return users.length === 0 || users.some(({ list }) => list.provision === 'api');
    });
  return { sources, destinations, activations, listsOf, warnings, problems };
}

function problemsOf(project: Project, target: string): ProjectProblem[] {
  const { broken, contested } = project;
  return [
    ...(broken.get(target) ?? []),
    ...(contested.get(target) ?? []),
    ...problemsOfDestination(project, target),
  ];
}
