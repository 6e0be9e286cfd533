import { Failure } from '../../contract/failure.ts';

interface Renaming {
  exists(path: string): Promise<boolean>;
  rename(from: string, to: string): Promise<void>;
  /** A file that is gone already is success. */
  remove(path: string): Promise<void>;
}

/** The name under which a replaced file waits until its successor has taken its place. */
export const ASIDE = '.old';

/**
 * Replaces a file on a server that refuses to rename onto one that exists: the old file steps aside, and comes back
 * when its successor cannot take the name. Between the two renames Actito may find no file for a moment.
 * @param refused the server's refusal of the plain rename; thrown when it turns out to have another reason
 */
export async function replaceSteppingAside(
  server: Renaming,
  { from, to, refused }: { from: string; to: string; refused: unknown },
): Promise<void> {
  if (!(await server.exists(from))) {
    // Removed by a newer run: then the file in place is that run's, and must not be touched.
    throw new Failure('uploadGone', {});
  }
  if (!(await server.exists(to))) throw refused;
  const aside = from + ASIDE;
  await server.remove(aside); // left by an attempt that broke off right here
  await server.rename(to, aside);
  try {
    await server.rename(from, to);
  } catch (error) {
    // When even this fails the connection is gone, and the next attempt delivers anew.
    await server.rename(aside, to).catch(() => undefined);
    throw error;
  }
  await server.remove(aside);
}
