/** A development package is not installed. */
export class PackageMissing extends Error {}

/**
 * Loads a development package when it is needed.
 * @throws PackageMissing, which says what to install
 */
export async function developmentPackage<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new PackageMissing(
      `The simulator's FTPS server needs the package ${name}, which is installed for development only. ` +
        'Run "npm install" without --omit=dev, or do without it.',
      { cause: error },
    );
  }
}
