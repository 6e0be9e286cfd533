import { posix } from 'node:path';
import { Failure } from '../../contract/failure.ts';
import type { FileEntry } from './file-server.ts';
import { readPipelined } from './pipelined-read.ts';
import { uploadPipelined } from './pipelined-upload.ts';
import { isStatus, StatusError } from './sftp-failures.ts';
import { type Entry, NotOffered, type SftpRequests } from './sftp-requests.ts';
import { replaceSteppingAside } from './step-aside.ts';

/*
 * The operations of a file server with SFTP's requests, also on servers that lack some of them. Errors are the
 * server's; sftp-failures.ts converts them.
 */

/** No such file, no such path, not a folder. */
const MISSING = [2, 10, 19];
const NO_SUCH_FILE = 2;
const FAILURE = 4;

/** Returns the names of all files in a folder. */
export async function names(requests: SftpRequests, server: string, folder: string): Promise<string[]> {
  try {
    return (await requests.list(folder)).map(({ name }) => name).filter((name) => !/^\.\.?$/.test(name));
  } catch (error) {
    if (isStatus(error, ...MISSING)) throw new Failure('folderMissing', { server, folder });
    throw error;
  }
}

/** Returns the files in a folder. Links are followed, because a list reports the size of the link itself. */
export async function entries(
  requests: SftpRequests,
  folder: string,
  isWanted: (name: string) => boolean,
): Promise<FileEntry[]> {
  const found: FileEntry[] = [];
  for (const { name, size, modified, type } of await requests.list(folder)) {
    if (/^\.\.?$/.test(name) || !isWanted(name) || type === 'folder' || type === 'other') continue;
    const target = type === 'link' ? await linked(requests, posix.join(folder, name)) : { size, modified };
    if (target) found.push({ name, size: target.size, modified: momentOf(target.modified) });
  }
  return found;
}

/** Undefined if a link leads to no file. */
async function linked(
  requests: SftpRequests,
  path: string,
): Promise<{ size?: number; modified?: number } | undefined> {
  try {
    const stats = await requests.stat(path);
    return stats.isDirectory() ? undefined : { size: stats.size, modified: stats.mtime };
  } catch (error) {
    if (error instanceof StatusError) return undefined;
    throw error;
  }
}

/** @param seconds since 1970; 0 is what servers send if they do not know it */
function momentOf(seconds: number | undefined): Date | undefined {
  return seconds ? new Date(seconds * 1000) : undefined;
}

/** Streams a file down. */
export async function* download(
  requests: SftpRequests,
  path: string,
  window: number,
): AsyncGenerator<Buffer, void> {
  try {
    yield* readPipelined(requests, path, window);
  } catch (error) {
    throw isStatus(error, NO_SUCH_FILE) ? new Failure('fileGone', {}) : error;
  }
}

/** Returns the size in bytes, from the folder's list if the server does not support STAT. */
export async function sizeOf(requests: SftpRequests, server: string, path: string): Promise<number> {
  const size = await requests.stat(path).then(
    (told) => told.size as number | undefined,
    (error: unknown) => {
      if (isStatus(error, NO_SUCH_FILE)) throw new Failure('uploadGone', {});
      if (!(error instanceof StatusError)) throw error;
      return undefined;
    },
  );
  if (size !== undefined) return size;
  const listed = await listedEntry(requests, path);
  if (listed === 'not listed') throw new Failure('sizeUnknown', { server });
  if (listed === undefined) throw new Failure('uploadGone', {});
  if (listed.size === undefined) throw new Failure('sizeUnknown', { server });
  return listed.size;
}

/**
 * Removes a file. Servers may answer in the same way for a missing file and for a missing permission, so the file is
 * looked up.
 */
export async function remove(requests: SftpRequests, path: string): Promise<void> {
  try {
    await requests.unlink(path);
  } catch (error) {
    if (isStatus(error, NO_SUCH_FILE)) return;
    if (!(error instanceof StatusError) || (await exists(requests, path))) throw error;
  }
}

/**
 * Renames a file. `posix-rename` replaces in one step. If it is not offered or refused, a plain rename is tried, which
 * replaces a file on some servers. If that is refused as well, the old file is moved away.
 */
export async function replace(requests: SftpRequests, from: string, to: string): Promise<void> {
  try {
    await requests.posixRename(from, to);
    return;
  } catch (error) {
    if (!(error instanceof NotOffered || error instanceof StatusError)) throw error;
  }
  try {
    await requests.rename(from, to);
  } catch (refused) {
    if (!(refused instanceof StatusError)) throw refused;
    await replaceSteppingAside(
      {
        exists: (path) => exists(requests, path),
        rename: (source, target) => requests.rename(source, target),
        remove: (path) => remove(requests, path),
      },
      { from, to, refused },
    );
  }
}

/** Streams a file up. */
export async function upload(
  requests: SftpRequests,
  server: string,
  path: string,
  content: AsyncIterable<Uint8Array>,
  window: number,
): Promise<void> {
  try {
    await uploadPipelined(requests, path, content, window);
  } catch (error) {
    throw error instanceof StatusError ? await whyNotWritten(requests, server, path, error) : error;
  }
}

/**
 * Returns why a write was refused. A missing folder is reported with its setting. A general failure may be a full or a
 * read-only disk, for which the protocol has no code: many servers report it on request.
 */
async function whyNotWritten(
  requests: SftpRequests,
  server: string,
  path: string,
  refused: StatusError,
): Promise<unknown> {
  const directory = posix.dirname(path);
  if (isStatus(refused, ...MISSING)) return new Failure('folderMissing', { server, folder: directory });
  if (!isStatus(refused, FAILURE)) return refused;
  try {
    const { isFull, isReadOnly } = await requests.fileSystem(directory);
    if (isReadOnly) return new Failure('fileSystemReadOnly', { server, directory });
    if (isFull) return new Failure('fileServerFull', { server, step: 'upload', quota: false });
  } catch (error) {
    if (!(error instanceof NotOffered || error instanceof StatusError)) throw error;
  }
  return refused;
}

/** Whether a file exists. If the server does not answer that, the file counts as existing, and using it fails. */
async function exists(requests: SftpRequests, path: string): Promise<boolean> {
  try {
    await requests.stat(path);
    return true;
  } catch (error) {
    if (isStatus(error, NO_SUCH_FILE)) return false;
    if (!(error instanceof StatusError)) throw error;
  }
  return (await listedEntry(requests, path)) !== undefined;
}

/** Finds a file in the list of its folder; undefined if there is none. */
async function listedEntry(requests: SftpRequests, path: string): Promise<Entry | 'not listed' | undefined> {
  try {
    return (await requests.list(posix.dirname(path))).find(({ name }) => name === posix.basename(path));
  } catch (error) {
    if (error instanceof StatusError) return 'not listed';
    throw error;
  }
}
