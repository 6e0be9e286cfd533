import { stat } from 'node:fs/promises';
import type { z } from 'zod';
import { activationSchema } from '../activation/definition/activation.ts';
import { resolveActivation, type Activation, type Definition } from '../activation/definition/definition.ts';
import { destinationSchema, type Destination } from '../activation/definition/destination.ts';
import { sourceSchema, type Source } from '../activation/definition/source.ts';
import { Failure } from '../contract/failure.ts';
import type { Told } from '../contract/messages/message.ts';
import { checkCollisions } from './collisions.ts';
import { checkContract } from './contract.ts';
import { isOfDefaults, withDefaults } from './defaults.ts';
import { checkEtls } from './etls.ts';
import { checkFiles, readFolder, type Loaded, type ProjectFile } from './folder.ts';
import { checkMapping } from './mapping.ts';
import { checkNames } from './names.ts';
import { configurationInvalid } from './problem.ts';
import { checkReferences, referenceOf } from './references.ts';
import { readSettings, type Settings } from './settings.ts';
import { nearest } from '../activation/suggestion.ts';
import { warningsOf } from './warnings.ts';

/** A project folder, read and checked as a whole: every reference in it leads somewhere. */
export interface Project {
  settings: Settings;
  sources: Map<string, Source>;
  destinations: Map<string, Destination>;
  activations: Map<string, Activation>;
  /** What works but is probably not meant. */
  warnings: Told[];
}

/**
 * Reads `project.yaml`, `sources/`, `destinations/` and `activations/` of a project folder. No environment variable is
 * looked at.
 * @throws Failure ConfigurationInvalid with all problems of the folder, a line each: `file:line setting: message`
 */
export async function loadProject(folder: string): Promise<Project> {
  await assertFolder(folder);
  const { settings, problems: settingsProblems } = await readSettings(folder);
  const sourceFiles = await readFolder(folder, 'sources');
  const destinationFiles = await readFolder(folder, 'destinations');
  const activationFiles = await readFolder(folder, 'activations');

  const sources = checkFiles(sourceFiles.files, sourceSchema);
  const destinations = checkFiles(destinationFiles.files, destinationSchema);
  const destinationsById = byId(
    destinations.loaded.map((found) => ({ ...found, value: withoutDefaults(found.value) })),
  );
  const completed = activationFiles.files.map((found) =>
    complete(found, destinationFiles.files, destinationsById),
  );
  const files = checkFiles(completed, activationSchema);
  const activations = files.loaded.map((found) => ({
    ...found,
    value: resolveActivation(found.id, found.value, settings),
  }));

  const problems = [
    ...settingsProblems,
    ...[sourceFiles, destinationFiles, activationFiles, sources, destinations].flatMap((all) => all.problems),
    // Of the defaults their own destination has told.
    ...files.problems.filter((problem) => !isOfDefaults(problem)),
    ...activationFiles.files.flatMap((file) =>
      checkReferences(file, sourceFiles.files, destinationFiles.files),
    ),
    ...files.loaded.flatMap(checkMapping),
    ...files.loaded.flatMap((loaded, i) => checkNames(loaded, activations[i]!.value)),
    ...files.loaded.flatMap((activation) => checkContract(activation, destinationsById)),
    ...checkEtls(files.loaded, destinationsById),
    ...checkCollisions(activations, destinationsById),
  ];
  const told = problems.length > 0 ? problems : files.problems;
  if (told.length > 0) throw configurationInvalid(folder, told);

  return {
    settings,
    sources: byId(sources.loaded),
    destinations: destinationsById,
    activations: byId(activations),
    warnings: warningsOf(files.loaded, destinationsById),
  };
}

/** An activation's file, completed by the defaults of the destination that it names. */
function complete(
  found: ProjectFile,
  destinations: readonly ProjectFile[],
  valid: ReadonlyMap<string, Destination>,
): ProjectFile {
  if (!found.file) return found;
  const id = referenceOf(found.file, 'destination');
  const destination = destinations.find((other) => other.id === id)?.file;
  return { ...found, file: withDefaults(found.file, destination, id !== undefined && valid.has(id)) };
}

/** They are part of the activations now. */
function withoutDefaults({ defaults: _, ...destination }: z.output<typeof destinationSchema>): Destination {
  return destination;
}

/**
 * Everything a run of one activation needs to know.
 * @throws Failure InvalidActivation when the project has no activation of that id
 */
export function definitionOf(project: Project, activationId: string): Definition {
  const activation = project.activations.get(activationId);
  if (!activation) {
    const known = [...project.activations.keys()];
    const near = nearest(activationId, known);
    throw new Failure('activationUnknown', { activation: activationId, near, known });
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
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new Failure('projectFolderMissing', { folder, isFile: found !== undefined });
}
