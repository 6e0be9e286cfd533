import { Failure } from '../contract/failure.ts';
import type { Environment } from './secrets.ts';

/**
 * The project folder: `ACTITO_SYNC_PROJECT`. There is no default: a command that was meant for another folder must not
 * find the demo's.
 * @throws Failure ConfigurationInvalid when the variable is not set
 */
export function projectFolder(env: Environment): string {
  const folder = env.ACTITO_SYNC_PROJECT;
  if (folder !== undefined) return folder;
  throw new Failure('projectUnnamed', {});
}
