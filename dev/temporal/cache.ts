import { mkdir, mkdtemp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess, type Command } from '../processes.ts';

/** Where programs are kept that this project fetched itself: `.cache` in the project, or `ACTITO_SYNC_CACHE`. */
export function cachedCli(env: NodeJS.ProcessEnv = process.env): string {
  const cache = env.ACTITO_SYNC_CACHE ? resolve(env.ACTITO_SYNC_CACHE) : fromProject('.cache');
  return join(cache, 'temporal', 'temporal');
}

/**
 * Runs commands that put a program into a folder of their own, then moves the program to `target` in one step: two
 * processes may install at the same time, and who is killed half-way leaves nothing behind.
 * @param commands given that folder; a failing one ends the installation
 * @param program path of the program below that folder
 * @throws Error with the end of the output of the command that failed
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
    env: { ...process.env, TMPDIR: folder }, // what pip leaves when it is killed goes too
  });
  const code = await installing.exited;
  if (code !== 0) throw new Error(installing.output().trim() || `exit code ${code}`);
}

function fromProject(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
