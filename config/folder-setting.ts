import type { Environment } from './secrets.ts';

/** The project folder: `ACTITO_SYNC_PROJECT`, or the one that `npm run demo` runs on. */
export function projectFolder(env: Environment): string {
  return env.ACTITO_SYNC_PROJECT ?? 'examples/demo';
}
