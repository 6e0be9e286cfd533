import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { Failure } from '../activation/failures.ts';
import { id as idSchema } from '../activation/definition/common.ts';
import type { Problem } from './problem.ts';
import { validate } from './validate.ts';
import { parseYaml, type YamlFile } from './yaml-file.ts';

/** A valid file of a project folder; its name is its id. */
export interface Loaded<T> {
  id: string;
  file: YamlFile;
  value: T;
}

export interface LoadedFolder<T> {
  /** The valid files, in the order of their names. */
  loaded: Loaded<T>[];
  /** The ids of all files, the broken ones included: a reference to one of those is not a second problem. */
  ids: string[];
  problems: Problem[];
}

/** Reads the `.yaml` and `.yml` files of `<project>/<name>`; everything else in there is left alone. */
export async function loadFolder<S extends z.ZodType>(
  project: string,
  name: string,
  schema: S,
): Promise<LoadedFolder<z.output<S>>> {
  const folder: LoadedFolder<z.output<S>> = { loaded: [], ids: [], problems: [] };
  for (const entry of await yamlFiles(project, name, folder.problems)) {
    const fileName = `${name}/${entry}`;
    const id = entry.replace(/\.ya?ml$/, '');
    const read = parseYaml(fileName, await readText(join(project, fileName)));
    const result = 'problems' in read ? read : validate(read, schema);
    const problems = [
      ...nameProblems(fileName, id, folder.ids),
      ...('problems' in result ? result.problems : []),
    ];
    folder.ids.push(id);
    folder.problems.push(...problems);
    if ('value' in result && 'value' in read && problems.length === 0) {
      folder.loaded.push({ id, file: read, value: result.value });
    }
  }
  return folder;
}

async function yamlFiles(project: string, name: string, problems: Problem[]): Promise<string[]> {
  try {
    const entries = await readdir(join(project, name));
    // Not those with a leading dot: editors and Kubernetes keep their own copies under such names.
    return entries.filter((entry) => /^[^.].*\.ya?ml$/.test(entry)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(join(project, name), error);
    const message = `the folder is missing; it holds a YAML file for each of the project's ${name}`;
    problems.push({ file: `${name}/`, line: 0, path: [], message });
    return [];
  }
}

function nameProblems(file: string, id: string, before: readonly string[]): Problem[] {
  const messages = [];
  if (before.includes(id)) messages.push(`the id "${id}" is taken by a file of the same name, .yaml or .yml`);
  const checked = idSchema.safeParse(id);
  if (!checked.success) messages.push(`expected ${checked.error.issues[0]!.message}, got "${id}"`);
  return messages.map((message) => ({ file, line: 0, path: [], message }));
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): Failure {
  const { code } = cause as NodeJS.ErrnoException;
  return new Failure('ConfigurationInvalid', `${path} cannot be read (${code}).`, { cause });
}
