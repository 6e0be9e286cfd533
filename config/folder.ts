import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { id as idSchema } from '../activation/definition/common.ts';
import { problemWith, type Problem } from './problem.ts';
import { readText } from './read-file.ts';
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

/**
 * Reads the `.yaml` and `.yml` files of `<project>/<name>`; everything else in there is left alone. A file that cannot be
 * read is among them, with its problem.
 * @returns also what is wrong with the folder itself
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
  // Gone between the two looks: as if it had never been there, but for its name.
  if (file === undefined)
    return { id, problems: [...before, problemWith(fileName, 'fileUnreadable', { code: 'ENOENT' })] };
  if ('problems' in file) return { id, problems: [...before, ...file.problems] };
  return { id, file, problems: before };
}

/** A file of the project folder, parsed; undefined: there is none. */
export async function readYaml(
  project: string,
  fileName: string,
): Promise<YamlFile | { problems: Problem[] } | undefined> {
  const text = await readText(join(project, fileName));
  if (text === undefined) return undefined;
  if (typeof text === 'string') return parseYaml(fileName, text);
  return { problems: [{ file: fileName, line: 0, path: [], told: text }] };
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
    // Of two files with one id nobody knows which is meant.
    else if (before.length === 0 && files.filter((other) => other.id === id).length === 1)
      loaded.push({ id, file, value: result.value });
  }
  return { loaded, problems };
}

/** @returns or the code of the error when the folder cannot be read */
async function yamlFiles(folder: string): Promise<string[] | string> {
  try {
    const entries = await readdir(folder);
    // Not those with a leading dot: editors and Kubernetes keep their own copies under such names.
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
