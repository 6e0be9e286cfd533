import { Failure } from '../contract/failure.ts';
import type { Environment } from './secrets.ts';

/**
 * Returns the project folder: `ACTITO_SYNC_PROJECT`. There is no default, so a command for another folder cannot use
 * the demo's by mistake.
 * @throws Failure ConfigurationInvalid if the variable is not set
 */
export function projectFolder(env: Environment): string {
  const folder = env.ACTITO_SYNC_PROJECT;
  if (folder !== undefined) return folder;
  throw new Failure('projectUnnamed', {});
}
