import { Failure } from '../contract/failure.ts';
import { knownCode } from '../contract/foreign.ts';

/**
 * Waits for the import of a library that is an optional peer of ours.
 * @param library the package to install
 * @throws Failure ConfigurationInvalid if it is not installed
 */
export function optional<T>(imported: Promise<T>, driver: string, library: string): Promise<T> {
  return imported.catch((error: unknown) => {
    if (knownCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Failure('driverMissing', { driver, library });
  });
}
