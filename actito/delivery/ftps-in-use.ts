import { FTPError } from 'basic-ftp';
import { find } from './ftps-list.ts';
import { isRefusal } from './ftps-passive.ts';
import { type Connection, nothing, send } from './ftps-upload.ts';
import { ASIDE } from './step-aside.ts';

/*
 * A server refuses a file in use with the same reply as a missing permission (550); only its words differ. So the same
 * operation is tried with a file that nothing uses: if that works, the permission exists.
 */

/**
 * Whether the folder has a file. Its list proves that a file exists. It proves that a file is missing only if it would
 * show the file, because many servers hide names with a leading dot. Otherwise SIZE and RNFR are used, which name the
 * file.
 */
export async function exists(connection: Connection, path: string): Promise<boolean> {
  try {
    const file = await find(connection, path);
    if (file !== 'hidden') return file !== undefined;
  } catch (error) {
    if (!(error instanceof FTPError)) throw error; // a refused list is no proof
  }
  if (!isRefusal(await refusalOf(connection.client.send(`SIZE ${path}`)))) return true;
  return acceptsRename(connection, path);
}

/** Whether the server accepts a file as the source of a rename: then it exists, even if its name is hidden. */
export async function acceptsRename({ client }: Connection, path: string): Promise<boolean> {
  return !isRefusal(await refusalOf(client.send(`RNFR ${path}`)));
}

/** Whether the account may rename files in the folder of this one, which is ours and keeps its name. */
export async function canRename({ client }: Connection, path: string): Promise<boolean> {
  const other = `${path}${ASIDE}`;
  if (await refusalOf(client.rename(path, other))) return false;
  await client.rename(other, path);
  return true;
}

/** Whether the account may write a new file in the folder of this one. */
export async function canWrite(connection: Connection, path: string): Promise<boolean> {
  const probe = `${path}${ASIDE}`; // if it stays, a later delivery removes it
  if (await refusalOf(send(connection, probe, nothing()))) return false;
  await refusalOf(connection.client.remove(probe));
  return true;
}

/** Whether the account may delete files in the folder of this one. */
export async function canDelete(connection: Connection, path: string): Promise<boolean> {
  const probe = `${path}${ASIDE}`;
  if (await refusalOf(send(connection, probe, nothing()))) return false;
  return (await refusalOf(connection.client.remove(probe))) === undefined;
}

/** Returns the reply that refused; undefined if there was none. @throws every other error */
async function refusalOf(call: Promise<unknown>): Promise<FTPError | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof FTPError) return error;
    throw error;
  }
}
