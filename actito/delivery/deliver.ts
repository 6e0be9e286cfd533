import { Failure } from '../../contract/failure.ts';
import type { FileServer } from './file-server.ts';
import { OwnContent } from '../own-content.ts';
import { isOlderUpload, temporaryName } from './temporary-names.ts';

/** What a file server can do; without settings: everything. */
export interface Placing {
  temporaryName?: string;
  write?: 'rename' | 'direct';
  listing?: boolean;
  checkSize?: boolean;
}

export interface ListDelivery {
  directory: string;
  fileName: string;
  /** The run's fence, and the delivery's number within it: both grow, so an older temporary can be told. */
  fence: string;
  delivery: string;
  /** The file's bytes; it throws when it cannot be complete. */
  content: AsyncIterable<Uint8Array>;
  /** Fails unless this run may still write; asked right before the file takes its name. */
  checkFence: () => Promise<void>;
  placing?: Placing;
  /** How a part of a file is taken away that was written under its own name; without it, as the file was written. */
  withdrawal?: Withdrawal;
}

/** What is needed after a failure that may have been the connection's, or a cancellation. */
export interface Withdrawal {
  /** Fails unless what lies there is surely this delivery's: no later one, of this run or of another, has begun. */
  check: () => Promise<void>;
  connect: () => Promise<FileServer>;
}

/**
 * Puts a list's file in its place: written under a name of its own, checked, renamed. Older temporaries of this list
 * are removed first, so that an upload which was given up, and wakes up later, finds nothing to rename.
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

/** Without a rename, Actito may find a file that still grows, so that what is not whole is taken away again. */
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

/** @returns the file's size in bytes, which the server has confirmed unless it cannot */
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

/** Removes a part of a file, which Actito would take for the whole list, unless a later delivery may have written there. */
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
    // The upload's failure is what is told. The list stays to be repaired: the next attempt or run replaces the file.
  }
}

function pathOf({ directory }: ListDelivery, name: string): string {
  return `${directory.replace(/\/+$/, '')}/${name}`;
}
