import { stat } from 'node:fs/promises';
import { activationSchema } from '../activation/definition/activation.ts';
import { resolveActivation, type Activation, type Definition } from '../activation/definition/definition.ts';
import { destinationSchema, type Destination } from '../activation/definition/destination.ts';
import { sourceSchema, type Source } from '../activation/definition/source.ts';
import { Failure } from '../activation/failures.ts';
import { checkCollisions } from './collisions.ts';
import { loadFolder, type Loaded } from './folder.ts';
import { checkMapping } from './mapping.ts';
import { configurationInvalid } from './problem.ts';
import { checkReferences } from './references.ts';
import { suggestion } from './suggestion.ts';
import { warningsOf } from './warnings.ts';

/** A project folder, read and checked as a whole: every reference in it leads somewhere. */
export interface Project {
  sources: Map<string, Source>;
  destinations: Map<string, Destination>;
  activations: Map<string, Activation>;
  /** What works but is probably not meant, a sentence each. */
  warnings: string[];
}

/**
 * Reads `sources/`, `destinations/` and `activations/` of a project folder. No environment variable is looked at.
 * @throws Failure ConfigurationInvalid with all problems of the folder, a line each: `file:line setting: message`
 */
export async function loadProject(folder: string): Promise<Project> {
  await assertFolder(folder);
  const sources = await loadFolder(folder, 'sources', sourceSchema);
  const destinations = await loadFolder(folder, 'destinations', destinationSchema);
  const files = await loadFolder(folder, 'activations', activationSchema);

  const activations = files.loaded.map(({ id, file, value }) => ({
    id,
    file,
    value: resolveActivation(id, value),
  }));
  const destinationsById = byId(destinations.loaded);
  const problems = [
    ...sources.problems,
    ...destinations.problems,
    ...files.problems,
    ...activations.flatMap((activation) => checkReferences(activation, sources.ids, destinations.ids)),
    ...files.loaded.flatMap(checkMapping),
    ...checkCollisions(activations, destinationsById),
  ];
  if (problems.length > 0) throw configurationInvalid(folder, problems);

  const project = {
    sources: byId(sources.loaded),
    destinations: destinationsById,
    activations: byId(activations),
  };
  return { ...project, warnings: warningsOf([...project.activations.values()], project.destinations) };
}

/**
 * Everything a run of one activation needs to know.
 * @throws Failure InvalidActivation when the project has no activation of that id
 */
export function definitionOf(project: Project, activationId: string): Definition {
  const activation = project.activations.get(activationId);
  if (!activation) {
    const known = suggestion(activationId, [...project.activations.keys()]);
    throw new Failure(
      'InvalidActivation',
      `The project has no activation "${activationId}"${known || '; its folder activations/ is empty'}`,
    );
  }
  // Present, since loadProject refuses unknown references.
  const source = project.sources.get(activation.source)!;
  const destination = project.destinations.get(activation.destination)!;
  return { activation, source, destination };
}

function byId<T>(loaded: readonly Loaded<T>[]): Map<string, T> {
  return new Map(loaded.map(({ id, value }) => [id, value]));
}

async function assertFolder(folder: string): Promise<void> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return;
  throw new Failure(
    'ConfigurationInvalid',
    `There is no project folder ${folder}. Set ACTITO_SYNC_PROJECT to the folder that holds sources/, ` +
      'destinations/ and activations/.',
  );
}
