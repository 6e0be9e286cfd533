import { stat } from 'node:fs/promises';
import type { z } from 'zod';
import { activationSchema, type ActivationFile } from '../activation/definition/activation.ts';
import { resolveActivation, type Activation, type Definition } from '../activation/definition/definition.ts';
import { destinationSchema, type Destination } from '../activation/definition/destination.ts';
import { sourceSchema, type Source } from '../activation/definition/source.ts';
import { Failure } from '../contract/failure.ts';
import type { Told } from '../contract/messages/message.ts';
import type { ProjectProblem } from '../contract/messages/project.ts';
import { checkCollisions, type Collision } from './collisions.ts';
import { checkContract } from './contract.ts';
import { checkDirectory } from './directory.ts';
import { isOfDefaults, withDefaults } from './defaults.ts';
import { checkEtls } from './etls.ts';
import { checkFiles, readFolder, type Loaded, type ProjectFile } from './folder.ts';
import { checkMapping } from './mapping.ts';
import { checkNames } from './names.ts';
import { sorted, type Problem } from './problem.ts';
import { checkReferences, referenceOf, tagsOf } from './references.ts';
import { resolveSegment } from './segments/resolve.ts';
import { readSettings, type Settings } from './settings.ts';
import { nearest } from '../activation/suggestion.ts';
import { warningsOf } from './warnings.ts';
import type { YamlFile } from './yaml-file.ts';

/** A project folder, read and checked as a whole. The valid parts can be used, whatever is wrong with the rest. */
export interface Project {
  folder: string;
  /** Undefined if `project.yaml` is not valid. */
  settings: Settings | undefined;
  /** The valid sources. */
  sources: Map<string, Source>;
  destinations: Map<string, Destination>;
  /** Activations that can run: each is valid, and so are its source and its destination. */
  activations: Map<string, Activation>;
  /** Why an activation cannot run. These are not among the others. */
  broken: Map<string, ProjectProblem[]>;
  /** The tags of each activation, whether it can run or not. */
  tags: Map<string, string[]>;
  /**
   * Activations that have the same list or file as another one. Only the one that delivered that list last may
   * continue.
   */
  contested: Map<string, ProjectProblem[]>;
  /** All problems in the folder; empty if it is valid. */
  problems: ProjectProblem[];
  /** Likely mistakes. */
  warnings: Told[];
}

/**
 * Reads `project.yaml`, `sources/`, `destinations/` and `activations/` of a project folder. Reads no environment
 * variable. Problems are part of the result, because they must not stop the valid parts.
 * @throws Failure ConfigurationInvalid if the folder does not exist
 */
export async function loadProject(folder: string): Promise<Project> {
  await assertFolder(folder);
  const { settings, places, problems: settingsProblems } = await readSettings(folder);
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
  const checked = await Promise.all(
    completed.map(async (file) => {
      const { loaded, problems } = checkFiles([file], activationSchema);
      const where = { folder, manifest: settings?.dbt?.manifest, sources: sources.loaded };
      const resolved = await Promise.all(loaded.map((one) => resolveSegment(where, one)));
      return {
        file,
        loaded: resolved.map(({ activation }) => activation),
        problems: [...problems, ...resolved.flatMap((one) => one.problems)],
      };
    }),
  );
  const files = checked.flatMap(({ loaded }) => loaded);
  const activations = files.map((found) => ({
    ...found,
    value: resolveActivation(found.id, found.value, places),
  }));
  const own = checked.map(({ file, loaded, problems }) => ({
    id: file.id,
    // The check of their destination has reported the defaults.
    ofDefaults: problems.filter(isOfDefaults),
    problems: [
      ...file.problems,
      ...problems.filter((problem) => !isOfDefaults(problem)),
      ...checkReferences(file, sourceFiles.files, destinationFiles.files),
      ...loaded.flatMap(checkMapping),
      ...loaded.flatMap((found) => checkNames(found, resolveActivation(found.id, found.value, places))),
      ...(places === undefined && loaded.some(needsPlaces) ? settingsProblems : []),
      ...loaded.flatMap((activation) => checkContract(activation, destinationsById)),
      ...loaded.flatMap((activation) => checkDirectory(activation, destinationsById)),
    ],
  }));
  const etls = checkEtls(files, destinationsById);
  const collisions = checkCollisions(activations, destinationsById);

  const filesOfOthers = [...sourceFiles.files, ...destinationFiles.files];
  const ofOthers = [...filesOfOthers, sources, destinations].flatMap(({ problems }) => problems);
  const all = [
    ...settingsProblems,
    ...[sourceFiles, destinationFiles, activationFiles].flatMap(({ problems }) => problems),
    ...ofOthers,
    ...own.flatMap(({ problems }) => problems.filter((problem) => !settingsProblems.includes(problem))),
    ...[...etls, ...collisions].map(({ problem }) => problem),
  ];
  const broken = new Map(
    completed.map(({ id, file }) => {
      const theirs = own.filter((each) => each.id === id);
      const problems = [
        ...theirs.flatMap((each) => each.problems),
        ...between(etls, id),
        ...ofOthers.filter((problem) => isUsedBy(file, problem)),
      ];
      return [id, sorted(problems.length > 0 ? problems : theirs.flatMap(({ ofDefaults }) => ofDefaults))];
    }),
  );
  for (const [id, problems] of broken) if (problems.length === 0) broken.delete(id);
  const usable = files.filter(({ id }) => !broken.has(id));
  return {
    folder,
    settings,
    sources: byId(sources.loaded),
    destinations: destinationsById,
    activations: byId(activations.filter(({ id }) => !broken.has(id))),
    broken,
    tags: new Map(completed.map(({ id, file }) => [id, tagsOf(file)])),
    contested: contestedOf(usable, collisions),
    problems: sorted(all.length > 0 ? all : own.flatMap(({ ofDefaults }) => ofDefaults)),
    warnings: warningsOf(usable, destinationsById),
  };
}

/** Whether values of an activation may depend on the project's time zone and country. */
function needsPlaces({
  value: { attributes, timezone, defaultCountry, matchingKey },
}: Loaded<ActivationFile>): boolean {
  return attributes.some(
    (mapping) =>
      (mapping.timezone ?? timezone) === undefined ||
      (mapping.defaultCountry ?? defaultCountry ?? matchingKey.defaultCountry) === undefined,
  );
}

function contestedOf(
  activations: readonly Loaded<unknown>[],
  collisions: readonly Collision[],
): Map<string, ProjectProblem[]> {
  const all = activations.map(({ id }) => [id, sorted(between(collisions, id))] as const);
  return new Map(all.filter(([, problems]) => problems.length > 0));
}

function between(collisions: readonly Collision[], id: string): Problem[] {
  return collisions.filter(({ activations }) => activations.includes(id)).map(({ problem }) => problem);
}

/** Whether a problem belongs to the source or destination that an activation's file names. */
function isUsedBy(file: YamlFile | undefined, problem: Problem): boolean {
  const isFile = (folder: string, id: string | undefined) =>
    id !== undefined && [`${folder}/${id}.yaml`, `${folder}/${id}.yml`].includes(problem.file);
  return (
    isFile('sources', referenceOf(file, 'source')) || isFile('destinations', referenceOf(file, 'destination'))
  );
}

/** Returns an activation's file, completed with the defaults of its destination. */
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

/** The defaults are part of the activations now. */
function withoutDefaults({ defaults: _, ...destination }: z.output<typeof destinationSchema>): Destination {
  return destination;
}

/**
 * Returns everything that a run of one activation needs to know.
 * @throws Failure InvalidActivation if the project has no activation with that id, ConfigurationInvalid if it cannot
 *   run
 */
export function definitionOf(project: Project, activationId: string): Definition {
  const activation = project.activations.get(activationId);
  if (activation) {
    // They exist, because an activation with an unknown reference is broken.
    const source = project.sources.get(activation.source)!;
    const destination = project.destinations.get(activation.destination)!;
    return { activation, source, destination };
  }
  const { folder, broken } = project;
  requireKnown(project, activationId);
  throw new Failure('activationInvalid', {
    activation: activationId,
    folder,
    problems: broken.get(activationId)!,
  });
}

/**
 * Requires that the project has an activation with that id, whether it can run or not.
 * @throws Failure InvalidActivation
 */
export function requireKnown(project: Project, activationId: string): void {
  const known = activationIds(project);
  if (known.includes(activationId)) return;
  const { folder } = project;
  const problems = project.problems.filter(({ file }) => file === 'activations/');
  if (problems.length > 0) throw new Failure('projectInvalid', { folder, problems });
  throw new Failure('activationUnknown', {
    activation: activationId,
    near: nearest(activationId, known),
    known,
  });
}

/** Returns the ids of all activations of a project in their order, including those that cannot run. */
export function activationIds({ activations, broken }: Project): string[] {
  return [...activations.keys(), ...broken.keys()].sort();
}

/** Returns why a destination of the project cannot be used; empty if it can, or if it does not exist. */
export function problemsOfDestination({ problems }: Project, id: string): ProjectProblem[] {
  const names = [`destinations/${id}.yaml`, `destinations/${id}.yml`, 'destinations/'];
  return problems.filter(({ file }) => file !== undefined && names.includes(file));
}

function byId<T>(loaded: readonly Loaded<T>[]): Map<string, T> {
  return new Map(loaded.map(({ id, value }) => [id, value]));
}

async function assertFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new Failure('projectFolderMissing', { folder, isFile: found !== undefined });
}
