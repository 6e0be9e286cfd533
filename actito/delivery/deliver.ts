import { Failure } from '../../contract/failure.ts';
import { spoolContent } from '../files/spool.ts';
import type { FileServer } from './file-server.ts';
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
}

/**
 * Puts a list's file in its place: written under a name of its own, checked, renamed. Older temporaries of this list
 * are removed first, so that an upload which was given up, and wakes up later, finds nothing to rename.
 * @returns the file's size in bytes
 */
export async function deliverList(server: FileServer, list: ListDelivery): Promise<number> {
  const { listing = true, write = 'rename', temporaryName: pattern } = list.placing ?? {};
  if (listing) {
    for (const name of await server.names(list.directory)) {
      if (isOlderUpload(name, list, pattern)) await server.remove(pathOf(list, name));
    }
  }
  return write === 'direct' ? writeDirectly(server, list) : writeAndRename(server, list);
}

async function writeAndRename(server: FileServer, list: ListDelivery): Promise<number> {
  const own = pathOf(list, temporaryName(list, list.placing?.temporaryName));
  let bytes = 0;
  async function* counted() {
    for await (const chunk of list.content) {
      bytes += chunk.length;
      yield chunk;
    }
  }
  await server.upload(own, counted());
  await checkSize(server, list, own, bytes);
  await list.checkFence();
  await server.replace(own, pathOf(list, list.fileName));
  return bytes;
}

/**
 * Without a rename, Actito may find a file that still grows. So the whole content is written to the worker's disk first: what
 * cannot be complete is never begun, and the upload waits for no database.
 */
async function writeDirectly(server: FileServer, list: ListDelivery): Promise<number> {
  const path = pathOf(list, list.fileName);
  const whole = await spoolContent(list.content);
  try {
    await list.checkFence();
    try {
      await server.upload(path, whole.read());
      await checkSize(server, list, path, whole.bytes);
    } catch (error) {
      await withdraw(server, list, path);
      throw error;
    }
    return whole.bytes;
  } finally {
    await whole.close();
  }
}

/** Removes a part of a file, which Actito would take for the whole list, unless a newer run has written there. */
async function withdraw(server: FileServer, list: ListDelivery, path: string): Promise<void> {
  try {
    await list.checkFence();
    await server.remove(path);
  } catch {
    // The upload's failure is what is told, and the next attempt replaces the file.
  }
}

async function checkSize(
  server: FileServer,
  { placing }: ListDelivery,
  path: string,
  sent: number,
): Promise<void> {
  if (placing?.checkSize === false) return;
  const held = await server.size(path);
  if (held !== sent) throw new Failure('uploadIncomplete', { held, sent });
}

function pathOf({ directory }: ListDelivery, name: string): string {
  return `${directory.replace(/\/+$/, '')}/${name}`;
}
