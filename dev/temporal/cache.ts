import { mkdir, mkdtemp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess, type Command } from '../processes.ts';

/**
 * Returns the path of a Temporal CLI that this project downloads: in `.cache` of the project, or in
 * `ACTITO_SYNC_CACHE`.
 */
export function cachedCli(env: NodeJS.ProcessEnv = process.env): string {
  const cache = env.ACTITO_SYNC_CACHE ? resolve(env.ACTITO_SYNC_CACHE) : fromProject('.cache');
  return join(cache, 'temporal', 'temporal');
}

/**
 * Runs commands that put a program into a new folder, then moves the program to `target` atomically. Two processes can
 * install at the same time, and a killed installation leaves nothing behind.
 * @param commands returns the commands for that folder; a failed command ends the installation
 * @param program path of the program in that folder
 * @throws Error with the end of the failed command's output
 */
export async function install(
  target: string,
  program: string,
  commands: (folder: string) => Command[],
): Promise<void> {
  const parent = join(target, '..');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'installing-'));
  const installing = startProcess([...commands(folder), ['mv', '-f', join(folder, program), target]], {
    stopSignal: 'TERM',
    removeAfter: folder,
    env: { ...process.env, TMPDIR: folder }, // so that the files of a killed pip are also removed
  });
  const code = await installing.exited;
  if (code !== 0) throw new Error(installing.output().trim() || `exit code ${code}`);
}

function fromProject(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
