import { Failure } from '../../contract/failure.ts';

interface Renaming {
  exists(path: string): Promise<boolean>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; if it does not exist, that is a success. */
  remove(path: string): Promise<void>;
}

/** The suffix of a replaced file until the new one has its name. */
export const ASIDE = '.old';

/**
 * Replaces a file on a server that refuses to rename onto an existing file: the old file is renamed, and restored if
 * the new file cannot get its name. Between the two renames, Actito may find no file for a moment.
 * @param refused the server's refusal of the plain rename; thrown if it turns out to have another reason
 */
export async function replaceSteppingAside(
  server: Renaming,
  { from, to, refused }: { from: string; to: string; refused: unknown },
): Promise<void> {
  if (!(await server.exists(from))) {
    // Removed by a newer run: then the current file is that run's, and must not be changed.
    throw new Failure('uploadGone', {});
  }
  if (!(await server.exists(to))) throw refused;
  const aside = from + ASIDE;
  await server.remove(aside); // left by an attempt that failed at this point
  await server.rename(to, aside);
  try {
    await server.rename(from, to);
  } catch (error) {
    // If this fails as well, the connection is gone, and the next attempt delivers the file again.
    await server.rename(aside, to).catch(() => undefined);
    throw error;
  }
  await server.remove(aside);
}
