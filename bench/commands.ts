import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

/** True if the shell finds this program. */
export function isInstalled(program: string): boolean {
  return spawnSync('/bin/sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;
}

/**
 * Runs a program to its end.
 * @returns what it printed to stdout
 * @throws Error with what it printed to stderr if its exit code is not 0
 */
export async function runCommand(
  program: string,
  args: string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<string> {
  const { env, cwd } = options;
  const { stdout } = await promisify(execFile)(program, args, { env: { ...process.env, ...env }, cwd });
  return stdout;
}

/** Milliseconds until `work` is done. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/**
 * Runs `npm run build`, always: a stale build would measure other code than the sources show. Its output goes to stderr.
 * @throws Error if the build fails
 */
export function build(): void {
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('npm run build failed (see above). Nothing was measured.');
}
