import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../../contract/failure.ts';

/** What a folder may hold and still count as empty. */
const HARMLESS = new Set(['.git', '.DS_Store']);

/**
 * Makes sure that nothing is overwritten.
 * @throws Failure InvalidActivation when the folder exists and holds something, or is no folder
 */
export async function assertEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new Failure('folderUnusable', { folder, code: error.code ?? error.name });
  });
  const [first] = names.filter((name) => !HARMLESS.has(name)).sort();
  if (first === undefined) return;
  throw new Failure('folderNotEmpty', { folder, holds: first });
}

/** Writes the files of a project; none may exist. @throws Failure InvalidActivation when the system refuses */
export async function writeFiles(folder: string, files: Record<string, string>): Promise<void> {
  try {
    for (const [path, content] of Object.entries(files)) {
      const file = join(folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content, { flag: 'wx' });
    }
  } catch (error) {
    const { code, name, path = folder } = error as NodeJS.ErrnoException;
    throw new Failure('fileNotWritten', { path, code: code ?? name }, { cause: error });
  }
}
