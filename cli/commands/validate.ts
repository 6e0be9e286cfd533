import type { Command } from 'commander';
import type { Project } from '../../config/project.ts';
import { isFailure } from '../../contract/failure.ts';
import type { Told } from '../../contract/messages/message.ts';
import { problemInWords, type ProjectProblem } from '../../contract/messages/project.ts';
import { tell } from '../../contract/messages/tell.ts';
import { counted } from '../../contract/messages/words.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { examples, JSON_OPTION } from '../options.ts';
import { jsonOf } from '../output.ts';

interface ValidateFlags {
  env?: boolean;
  json?: boolean;
}

export function defineValidate(program: Command, { env, out, local }: CommandContext): void {
  program
    .command('validate')
    .description('check the project folder: errors and likely mistakes')
    .argument('[folder]', 'default: ACTITO_SYNC_PROJECT')
    .option('--env', 'also check that the environment variables named in the folder are set and valid')
    .option('--json', JSON_OPTION)
    .addHelpText(
      'after',
      examples(
        ['validate', 'before you commit or deploy the folder'],
        ['validate --env', 'on the machine of the worker'],
        ['validate ./my-project --json', 'for a program'],
      ),
    )
    .action((folder: string | undefined, { env: withEnv = false, json = false }: ValidateFlags) =>
      local(async () => {
        const where = folder ?? env.ACTITO_SYNC_PROJECT;
        const result =
          where === undefined ? UNNAMED : await validateProject(where, withEnv ? env : undefined);
        const lines = json ? [jsonOf('validate', result)] : describeValidation(result);
        out.write(`${lines.join('\n')}\n`);
        return result.valid ? EXIT.ok : EXIT.usage;
      }),
    );
}

/** The result of checking a project folder. */
export interface Validation {
  folder: string;
  valid: boolean;
  problems: ProjectProblem[];
  /** Likely mistakes: what works but is probably not intended. */
  warnings: Told[];
  /** The number of files of each kind; undefined if the folder is not valid. */
  found?: { sources: number; destinations: number; activations: number };
}

/** The result when no folder is given. */
const UNNAMED: Validation = {
  folder: 'ACTITO_SYNC_PROJECT',
  valid: false,
  problems: [withoutPlace(tell('projectUnnamed', {}))],
  warnings: [],
};

/**
 * Checks a project folder and collects all of its problems.
 * @param env must contain the variables that the folder names; undefined: variables are not checked
 */
async function validateProject(folder: string, env?: NodeJS.ProcessEnv): Promise<Validation> {
  const { loadProject } = await import('../../config/project.ts');
  let project: Project;
  try {
    project = await loadProject(folder);
  } catch (error) {
    if (!isFailure(error, 'ConfigurationInvalid')) throw error;
    return { folder, valid: false, problems: [withoutPlace(error.told)], warnings: [] };
  }
  const { sources, destinations, activations, warnings } = project;
  if (project.problems.length > 0) return { folder, valid: false, problems: project.problems, warnings };
  const problems = env ? await unusableVariables(project, env) : [];
  const found = { sources: sources.size, destinations: destinations.size, activations: activations.size };
  return { folder, valid: problems.length === 0, problems, warnings, found };
}

/** A problem of the folder as a whole. */
function withoutPlace({ reason, facts, message }: Told): ProjectProblem {
  return { reason, facts, message };
}

/** Returns problems of the environment variables that a project names; never a value. */
async function unusableVariables(
  { sources, destinations }: Project,
  env: NodeJS.ProcessEnv,
): Promise<ProjectProblem[]> {
  const { variableProblem } = await import('../../config/secrets.ts');
  const named = [
    ...[...sources].flatMap(([id, source]) => variables(source, `sources/${id}`)),
    // A contract contains names from Actito, not variables.
    ...[...destinations].flatMap(([id, { contract: _, ...destination }]) =>
      variables(destination, `destinations/${id}`),
    ),
  ];
  const problems = named.flatMap(({ file, setting, variable }) => {
    const problem = variableProblem(nameOf(setting), { env: variable }, env);
    if (!problem) return [];
    const told =
      problem.reason === 'variableMissing'
        ? tell('variableUnset', { variable, empty: env[variable] !== undefined })
        : problem;
    return [{ file, setting, ...withoutPlace(told) }];
  });
  return problems.length > 0 ? problems : unusableUrls(sources, env);
}

/** Returns problems of the connection URLs of sources, whose variables are set. */
async function unusableUrls(sources: Project['sources'], env: NodeJS.ProcessEnv): Promise<ProjectProblem[]> {
  const { checkUrl } = await import('../../warehouse/open.ts');
  return [...sources].flatMap(([id, source]) => {
    try {
      checkUrl(source, env);
      return [];
    } catch (error) {
      if (!isFailure(error, 'ConfigurationInvalid')) throw error;
      return [{ file: `sources/${id}`, setting: 'connection', ...withoutPlace(error.told) }];
    }
  });
}

/** Returns the setting's name without its location: `hostKey` for `delivery.hostKey.0`. */
function nameOf(setting: string): string {
  return setting.split('.').findLast((part) => !/^\d+$/.test(part))!;
}

/** Returns every `{ env: NAME }` in a file. */
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

/** Describes the result: problems, warnings, then a summary. */
function describeValidation({ folder, valid, problems, warnings, found }: Validation): string[] {
  const files = found && [
    counted(found.sources, 'source'),
    counted(found.destinations, 'destination'),
    counted(found.activations, 'activation'),
  ];
  const verdict = valid ? `valid, with ${files!.join(', ')}` : counted(problems.length, 'problem');
  const warned = warnings.length === 0 ? '' : `, ${counted(warnings.length, 'warning')}`;
  return [
    ...problems.map(problemInWords),
    ...warnings.map(({ message }) => `Warning: ${message}`),
    `${folder}: ${verdict}${warned}`,
  ];
}
