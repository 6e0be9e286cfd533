import { userInfo } from 'node:os';
import type { Surroundings } from './surroundings.ts';

/** Of an option's help: who is taken when it is left out. */
export const WHO_BY_DEFAULT = 'default: ACTITO_SYNC_USER, or your login name';

/** Who gives a command; undefined when nobody can tell (a container's user may have no name). */
export function whoAmI({ env }: Surroundings): string | undefined {
  if (env.ACTITO_SYNC_USER) return env.ACTITO_SYNC_USER;
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
