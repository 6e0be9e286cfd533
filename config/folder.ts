import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { id as idSchema } from '../activation/definition/common.ts';
import { problemWith, type Problem } from './problem.ts';
import { readText } from './read-file.ts';
import { validate } from './validate.ts';
import { parseYaml, type YamlFile } from './yaml-file.ts';

/** A file of a project folder. Its name is its id. */
export interface ProjectFile {
  id: string;
  /** Undefined if it is no YAML. */
  file?: YamlFile;
  /** Problems with its name or its form. */
  problems: Problem[];
}

/** A valid file. */
export interface Loaded<T> {
  id: string;
  file: YamlFile;
  value: T;
}

/**
 * Reads the `.yaml` and `.yml` files of `<project>/<name>`, and ignores all other files. A file that cannot be read is
 * returned with its problem.
 * @returns also the problems of the folder itself
 */
export async function readFolder(
  project: string,
  name: string,
): Promise<{ files: ProjectFile[]; problems: Problem[] }> {
  const entries = await yamlFiles(join(project, name));
  if (typeof entries === 'string') {
    const problem =
      entries === 'ENOENT'
        ? problemWith(`${name}/`, 'folderOfProjectMissing', { folder: name })
        : problemWith(`${name}/`, 'fileUnreadable', { code: entries });
    return { files: [], problems: [problem] };
  }
  const files: ProjectFile[] = [];
  for (const entry of entries) {
    const id = idOf(entry);
    const isTaken = files.some((other) => other.id === id);
    files.push(await readProjectFile(project, `${name}/${entry}`, id, isTaken));
  }
  return { files, problems: [] };
}

async function readProjectFile(
  project: string,
  fileName: string,
  id: string,
  isTaken: boolean,
): Promise<ProjectFile> {
  const before = nameProblems(fileName, id, isTaken);
  const file = await readYaml(project, fileName);
  // It was deleted meanwhile, so only its name was found.
  if (file === undefined)
    return { id, problems: [...before, problemWith(fileName, 'fileUnreadable', { code: 'ENOENT' })] };
  if ('problems' in file) return { id, problems: [...before, ...file.problems] };
  return { id, file, problems: before };
}

/** Reads and parses a file of the project folder; undefined if it does not exist. */
export async function readYaml(
  project: string,
  fileName: string,
): Promise<YamlFile | { problems: Problem[] } | undefined> {
  const text = await readText(join(project, fileName));
  if (text === undefined) return undefined;
  if (typeof text === 'string') return parseYaml(fileName, text);
  return { problems: [{ file: fileName, line: 0, path: [], told: text }] };
}

/** Returns the files that match their schema, and all problems of the others. */
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
    // If two files have the same id, it is unknown which one is meant.
    else if (before.length === 0 && files.filter((other) => other.id === id).length === 1)
      loaded.push({ id, file, value: result.value });
  }
  return { loaded, problems };
}

/** @returns or the error code if the folder cannot be read */
async function yamlFiles(folder: string): Promise<string[] | string> {
  try {
    const entries = await readdir(folder);
    // Ignores names with a leading dot: editors and Kubernetes keep their own copies under such names.
    return entries.filter((entry) => /^[^.].*\.ya?ml$/.test(entry)).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return code;
  }
}

function idOf(entry: string): string {
  return entry.replace(/\.ya?ml$/, '');
}

function nameProblems(file: string, id: string, isTaken: boolean): Problem[] {
  const { error } = idSchema.safeParse(id);
  return [
    ...(isTaken ? [problemWith(file, 'idTaken', { id })] : []),
    ...(error ? [problemWith(file, 'idUnusable', { id, expected: error.issues[0]!.message })] : []),
  ];
}
