import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { Failure } from '../contract/failure.ts';
import { id as idSchema } from '../activation/definition/common.ts';
import { problemWith, type Problem } from './problem.ts';
import { validate } from './validate.ts';
import { parseYaml, type YamlFile } from './yaml-file.ts';

/** A file of a project folder; its name is its id. */
export interface ProjectFile {
  id: string;
  /** Undefined when it is no YAML. */
  file?: YamlFile;
  /** What is wrong with its name or its form. */
  problems: Problem[];
}

/** A valid file. */
export interface Loaded<T> {
  id: string;
  file: YamlFile;
  value: T;
}

/** Reads the `.yaml` and `.yml` files of `<project>/<name>`; everything else in there is left alone. */
export async function readFolder(
  project: string,
  name: string,
): Promise<{ files: ProjectFile[]; problems: Problem[] }> {
  const entries = await yamlFiles(join(project, name));
  if (entries === undefined) {
    return { files: [], problems: [problemWith(`${name}/`, 'folderOfProjectMissing', { folder: name })] };
  }
  const files: ProjectFile[] = [];
  for (const entry of entries) {
    const fileName = `${name}/${entry}`;
    const id = entry.replace(/\.ya?ml$/, '');
    const isTaken = files.some((other) => other.id === id);
    const parsed = parseYaml(fileName, await readText(join(project, fileName)));
    const problems = nameProblems(fileName, id, isTaken);
    files.push(
      'problems' in parsed
        ? { id, problems: [...problems, ...parsed.problems] }
        : { id, file: parsed, problems },
    );
  }
  return { files, problems: files.flatMap((file) => file.problems) };
}

/** The files that are as their schema wants them, and everything that is wrong with the others' content. */
export function checkFiles<S extends z.ZodType>(
  files: readonly ProjectFile[],
  schema: S,
): { loaded: Loaded<z.output<S>>[]; problems: Problem[] } {
  const loaded: Loaded<z.output<S>>[] = [];
  const problems: Problem[] = [];
  for (const { id, file, problems: before } of files) {
    if (!file) continue;
    const result = validate(file, schema);
    if ('problems' in result) problems.push(...result.problems);
    else if (before.length === 0) loaded.push({ id, file, value: result.value });
  }
  return { loaded, problems };
}

async function yamlFiles(folder: string): Promise<string[] | undefined> {
  try {
    const entries = await readdir(folder);
    // Not those with a leading dot: editors and Kubernetes keep their own copies under such names.
    return entries.filter((entry) => /^[^.].*\.ya?ml$/.test(entry)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(folder, error);
    return undefined;
  }
}

function nameProblems(file: string, id: string, isTaken: boolean): Problem[] {
  const { error } = idSchema.safeParse(id);
  return [
    ...(isTaken ? [problemWith(file, 'idTaken', { id })] : []),
    ...(error ? [problemWith(file, 'idUnusable', { id, expected: error.issues[0]!.message })] : []),
  ];
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The text of a file that may be missing. */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): Failure {
  const { code } = cause as NodeJS.ErrnoException;
  return new Failure('projectFileUnreadable', { path, code: String(code) }, { cause });
}
