import { spawnSync } from 'node:child_process';

/** The worker as it runs in production, with the flags and the environment of `npm start`. */
export const BUILT_WORKER = 'dist/worker/main.js';
export const WORKER_FLAGS = ['--expose-gc', '--max-semi-space-size=2'];
export const WORKER_ENV = { NODE_ENV: 'production', MALLOC_ARENA_MAX: '1' };

/**
 * Runs `npm run build`, always: a stale build would measure other code than the sources show. Its output goes to stderr.
 * @throws Error if the build fails
 */
export function build(): void {
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('npm run build failed (see above). Nothing was measured.');
}
