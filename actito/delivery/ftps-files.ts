import { posix } from 'node:path';
import { Failure } from '../../contract/failure.ts';
import { acceptsRename, canDelete, canRename, canWrite, exists } from './ftps-in-use.ts';
import { find, isReply } from './ftps-list.ts';
import { isRefusal } from './ftps-passive.ts';
import { type Connection, send } from './ftps-upload.ts';
import { replaceSteppingAside } from './step-aside.ts';

/*
 * The operations of a file server with FTP's commands; all paths are absolute. Errors are the library's, and
 * ftps-failures.ts converts them. This file only handles failures that need another request to the server: a 550 may
 * mean a file in use, which is temporary, or a missing permission, which is not.
 */

/** Makes a folder the current one. @throws Failure with its name, if the server refuses */
export async function openFolder({ client, server }: Connection, folder: string): Promise<void> {
  try {
    await client.cd(folder);
  } catch (error) {
    if (!isReply(error, 501, 550, 553)) throw error;
    throw new Failure('ftpsFolderRefused', { server, folder, code: error.code }, { words: error.message });
  }
}

/** Writes a file from a stream; replaces a file with the same name. */
export async function upload(
  connection: Connection,
  path: string,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  try {
    await send(connection, path, content);
  } catch (error) {
    if (!isReply(error, 550, 553)) throw error;
    await openFolder(connection, posix.dirname(path)); // if a missing folder is the reason, its failure says so
    const isHeld =
      error.code === 550 && (await exists(connection, path)) && (await canWrite(connection, path));
    if (!isHeld) throw error;
    const { server } = connection;
    throw new Failure('ftpsFileInUse', { server, step: 'upload' }, { words: error.message });
  }
}

/** Returns the size in bytes, by SIZE, or from the folder's list if the server has no SIZE. */
export async function sizeOf(connection: Connection, path: string): Promise<number> {
  const { client, server } = connection;
  try {
    return await client.size(path);
  } catch (error) {
    const isNoAnswer = error instanceof Error && error.message.startsWith("Can't parse response");
    if (!isRefusal(error) && !isNoAnswer) throw error;
  }
  const file = await find(connection, path).catch((error: unknown) => {
    if (isRefusal(error)) throw new Failure('sizeUnknown', { server }, { words: error.message });
    throw error;
  });
  const isGone = file === undefined || (file === 'hidden' && !(await acceptsRename(connection, path)));
  if (isGone) throw new Failure('uploadGone', {});
  if (file === 'hidden' || file.size < 0) throw new Failure('sizeUnknown', { server }); // the list has only names
  return file.size;
}

/**
 * Removes a file. Servers use the same reply for a missing file and for a missing permission, so the file is looked up.
 */
export async function remove(connection: Connection, path: string): Promise<void> {
  const { client, server } = connection;
  try {
    await client.remove(path);
  } catch (error) {
    if (!isReply(error, 450, 550)) throw error;
    if (!(await exists(connection, path))) return;
    if (error.code === 550 && (await canDelete(connection, path))) {
      throw new Failure('ftpsFileInUse', { server, step: 'remove' }, { words: error.message });
    }
    throw error;
  }
}

/** Renames a file. Most servers replace in one step. If the server refuses to, the old file is moved away first. */
export async function replace(connection: Connection, from: string, to: string): Promise<void> {
  const { client, server } = connection;
  const rename = async (source: string, target: string) => void (await client.rename(source, target));
  try {
    await rename(from, to);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    try {
      await replaceSteppingAside(
        {
          exists: (path) => exists(connection, path),
          rename,
          remove: (path) => remove(connection, path),
        },
        { from, to, refused: error },
      );
    } catch (refused) {
      const isHeld =
        isReply(refused, 550) && (await exists(connection, to)) && (await canRename(connection, from));
      if (!isHeld) throw refused;
      throw new Failure('ftpsFileInUse', { server, step: 'rename' }, { words: refused.message });
    }
  }
}
