import { Failure } from '../../contract/failure.ts';
import { pathIn, type FileServer } from './file-server.ts';
import { OwnContent } from '../own-content.ts';
import { isOlderUpload, temporaryName } from './temporary-names.ts';

/** What a file server supports; by default everything. */
export interface Placing {
  temporaryName?: string;
  write?: 'rename' | 'direct';
  listing?: boolean;
  checkSize?: boolean;
}

export interface ListDelivery {
  directory: string;
  fileName: string;
  /** The run's fence, and the delivery's number within it. Both grow, so an older temporary file can be recognized. */
  fence: string;
  delivery: string;
  /** The file's bytes; throws if they cannot be complete. */
  content: AsyncIterable<Uint8Array>;
  /** Fails unless this run may still write; called directly before the file gets its final name. */
  checkFence: () => Promise<void>;
  placing?: Placing;
  /**
   * How to delete an incomplete file that was written under its final name; by default, with the connection that wrote
   * it.
   */
  withdrawal?: Withdrawal;
}

/** What is needed after a failure, which may be of the connection, or after a cancellation. */
export interface Withdrawal {
  /**
   * Fails unless the file on the server is certainly of this delivery: no later one, of this or another run, has begun.
   */
  check: () => Promise<void>;
  connect: () => Promise<FileServer>;
}

/**
 * Delivers a list's file: uploads it with a temporary name, checks it, and renames it. Removes older temporary files of
 * this list first, so that an abandoned upload that continues later finds nothing to rename.
 * @returns the file's size in bytes
 */
export async function deliverList(server: FileServer, list: ListDelivery): Promise<number> {
  const { listing = true, write: way = 'rename', temporaryName: pattern } = list.placing ?? {};
  if (listing) {
    for (const name of await server.names(list.directory)) {
      if (isOlderUpload(name, list, pattern)) await server.remove(pathOf(list, name));
    }
  }
  return way === 'direct' ? writeDirectly(server, list) : writeAndRename(server, list);
}

async function writeAndRename(server: FileServer, list: ListDelivery): Promise<number> {
  const own = pathOf(list, temporaryName(list, list.placing?.temporaryName));
  const bytes = await write(server, list, own);
  await list.checkFence();
  await server.replace(own, pathOf(list, list.fileName));
  return bytes;
}

/** Without a rename, Actito may find a file that is still growing, so an incomplete file is deleted. */
async function writeDirectly(server: FileServer, list: ListDelivery): Promise<number> {
  const path = pathOf(list, list.fileName);
  await list.checkFence();
  try {
    return await write(server, list, path);
  } catch (error) {
    await withdraw(server, list, path);
    throw error;
  }
}

/** @returns the file's size in bytes, which the server has confirmed if it can */
async function write(server: FileServer, list: ListDelivery, path: string): Promise<number> {
  const content = new OwnContent(list.content);
  await server.upload(path, content.read()).catch((error: unknown) => {
    throw content.failure?.error ?? error;
  });
  const { bytes } = content;
  if (list.placing?.checkSize !== false) {
    const held = await server.size(path);
    if (held !== bytes) throw new Failure('uploadIncomplete', { held, sent: bytes });
  }
  return bytes;
}

/**
 * Deletes an incomplete file, which Actito would take for the whole list, unless a later delivery may have written it.
 */
async function withdraw(server: FileServer, list: ListDelivery, path: string): Promise<void> {
  const { check, connect } = list.withdrawal ?? { check: list.checkFence, connect: async () => server };
  try {
    await check();
    const anew = await connect();
    try {
      await check();
      await anew.remove(path);
    } finally {
      if (anew !== server) await anew.close();
    }
  } catch {
    // The upload's failure is reported. The list stays dirty, so the next attempt or run replaces the file.
  }
}

function pathOf({ directory }: ListDelivery, name: string): string {
  return pathIn(directory, name);
}
