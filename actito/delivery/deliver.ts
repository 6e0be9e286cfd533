import { Failure } from '../../contract/failure.ts';
import type { FileServer } from './file-server.ts';
import { OwnContent } from '../own-content.ts';
import { ASIDE } from './step-aside.ts';

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
}

/**
 * Puts a list's file in its place: written under a name of its own, checked, renamed. Older temporaries of this list
 * are removed first, so that an upload which was given up, and wakes up later, finds nothing to rename.
 * @returns the file's size in bytes
 */
export async function deliverList(server: FileServer, list: ListDelivery): Promise<number> {
  const path = (name: string) => `${list.directory.replace(/\/+$/, '')}/${name}`;
  const own = temporaryName(list.fileName, list.fence, list.delivery);
  for (const name of await server.names(list.directory)) {
    if (isOlder(name, list)) await server.remove(path(name));
  }
  const content = new OwnContent(list.content);
  await server.upload(path(own), content.read()).catch((error: unknown) => {
    throw content.failure?.error ?? error;
  });
  const { bytes } = content;
  const size = await server.size(path(own));
  if (size !== bytes) throw new Failure('uploadIncomplete', { held: size, sent: bytes });
  await list.checkFence();
  await server.replace(path(own), path(list.fileName));
  return bytes;
}

/** A name that Actito's poller does not look for. */
export function temporaryName(fileName: string, fence: string, delivery: string): string {
  return `.${fileName}.${fence}-${delivery}.part`;
}

function isOlder(name: string, { fileName, fence, delivery }: ListDelivery): boolean {
  if (!name.startsWith(`.${fileName}.`)) return false;
  const rest = name.slice(fileName.length + 2);
  const match = /^(\d+)-(\d+)\.part$/.exec(rest.endsWith(ASIDE) ? rest.slice(0, -ASIDE.length) : rest);
  if (!match) return false;
  const [theirFence, theirDelivery] = [BigInt(match[1]!), BigInt(match[2]!)];
  return theirFence < BigInt(fence) || (theirFence === BigInt(fence) && theirDelivery < BigInt(delivery));
}
