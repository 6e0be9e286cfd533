import type * as Library from 'tedious';
import { Failure } from '../../contract/failure.ts';
import { knownCode } from '../../contract/foreign.ts';

export type Tedious = typeof Library;

/**
 * Loads the optional library.
 * @throws Failure ConfigurationInvalid if it is not installed
 */
export async function tedious(): Promise<Tedious> {
  try {
    return await import('tedious');
  } catch (error) {
    if (knownCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Failure('driverMissing', { driver: 'sqlserver', library: 'tedious' });
  }
}
