import { isFailure } from '../../contract/failure.ts';
import { variableProblem } from '../../config/secrets.ts';
import type { Told } from '../../contract/messages/message.ts';
import type { ProjectProblem } from '../../contract/messages/project.ts';
import { tell } from '../../contract/messages/tell.ts';
import { loadProject, type Project } from '../../config/project.ts';

/** What is to be said of a project folder. */
export interface Validation {
  folder: string;
  valid: boolean;
  problems: ProjectProblem[];
  /** What works but is probably not meant. */
  warnings: Told[];
  /** How many files of each kind there are; of a folder that is not valid nothing is counted. */
  found?: { sources: number; destinations: number; activations: number };
}

/**
 * Checks a project folder, with all its problems at once.
 * @param env where the variables that it names must be set; undefined: that is not looked at
 */
export async function validateProject(folder: string, env?: NodeJS.ProcessEnv): Promise<Validation> {
  let project: Project;
  try {
    project = await loadProject(folder);
  } catch (error) {
    if (!isFailure(error, 'ConfigurationInvalid')) throw error;
    return { folder, valid: false, problems: [withoutPlace(error.told)], warnings: [] };
  }
  const { sources, destinations, activations, warnings } = project;
  if (project.problems.length > 0) return { folder, valid: false, problems: project.problems, warnings };
  const problems = env ? unusableVariables(project, env) : [];
  const found = { sources: sources.size, destinations: destinations.size, activations: activations.size };
  return { folder, valid: problems.length === 0, problems, warnings, found };
}

/** A problem of the folder as a whole. */
export function withoutPlace({ reason, facts, message }: Told): ProjectProblem {
  return { reason, facts, message };
}

/** The environment variables that a project names and that no run could use; never a value. */
function unusableVariables({ sources, destinations }: Project, env: NodeJS.ProcessEnv): ProjectProblem[] {
  const named = [
    ...[...sources].flatMap(([id, source]) => variables(source, `sources/${id}`)),
    // A contract holds names of Actito's, and no variable.
    ...[...destinations].flatMap(([id, { contract: _, ...destination }]) =>
      variables(destination, `destinations/${id}`),
    ),
  ];
  return named.flatMap(({ file, setting, variable }) => {
    const problem = variableProblem(nameOf(setting), { env: variable }, env);
    if (!problem) return [];
    const told =
      problem.reason === 'variableMissing'
        ? tell('variableUnset', { variable, empty: env[variable] !== undefined })
        : problem;
    return [{ file, setting, ...withoutPlace(told) }];
  });
}

/** The name of a setting without its place: `hostKey` for `delivery.hostKey.0`. */
function nameOf(setting: string): string {
  return setting.split('.').findLast((part) => !/^\d+$/.test(part))!;
}

/** Every `{ env: NAME }` in a file. */
function variables(
  value: unknown,
  file: string,
  path: readonly string[] = [],
): { file: string; setting: string; variable: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const { env, ...others } = value as { env?: unknown };
  const own = typeof env === 'string' ? [{ file, setting: path.join('.'), variable: env }] : [];
  const inner = typeof env === 'string' ? others : value;
  return [...own, ...Object.entries(inner).flatMap(([name, each]) => variables(each, file, [...path, name]))];
}
