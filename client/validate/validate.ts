import { isFailure } from '../../contract/failure.ts';
import { variableProblem } from '../../config/secrets.ts';
import { problemInWords } from '../../contract/messages/project.ts';
import { loadProject, type Project } from '../../config/project.ts';

/** What is to be said of a project folder. */
export interface Validation {
  folder: string;
  valid: boolean;
  /** `file:line setting: message`, or without a line when the file or folder as a whole is meant. */
  problems: string[];
  /** What works but is probably not meant, a sentence each. */
  warnings: string[];
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
    return { folder, valid: false, problems: [error.message], warnings: [] };
  }
  const { sources, destinations, activations, warnings } = project;
  const invalid = project.problems.map(problemInWords);
  if (invalid.length > 0) return { folder, valid: false, problems: invalid, warnings };
  const problems = env ? unusableVariables(project, env) : [];
  const found = { sources: sources.size, destinations: destinations.size, activations: activations.size };
  return { folder, valid: problems.length === 0, problems, warnings, found };
}

/** The environment variables that a project names and that no run could use, a sentence each; never a value. */
function unusableVariables({ sources, destinations }: Project, env: NodeJS.ProcessEnv): string[] {
  const named = [
    ...[...sources].flatMap(([id, source]) => variables(source, `sources/${id}`)),
    // A contract holds names of Actito's, and no variable.
    ...[...destinations].flatMap(([id, { contract: _, ...destination }]) =>
      variables(destination, `destinations/${id}`),
    ),
  ];
  return named.flatMap(({ setting, variable }) => {
    const problem = variableProblem(setting.split(/[ .]/).at(-1)!, { env: variable }, env);
    if (!problem) return [];
    if (problem.reason !== 'variableMissing') return [`${setting}: ${problem.message}`];
    const state = env[variable] === undefined ? 'not set' : 'empty';
    return [`${setting}: the environment variable ${variable} is ${state}`];
  });
}

/** Every `{ env: NAME }` in a file. */
function variables(value: unknown, setting: string): { setting: string; variable: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('env' in value && typeof value.env === 'string') return [{ setting, variable: value.env }];
  return Object.entries(value).flatMap(([name, inner]) =>
    variables(inner, setting.includes(' ') ? `${setting}.${name}` : `${setting} ${name}`),
  );
}
