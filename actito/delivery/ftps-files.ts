import { once } from 'node:events';
import { posix } from 'node:path';
import { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { type Client, type FileInfo, FTPError } from 'basic-ftp';
import { Failure } from '../../contract/failure.ts';
import { replaceSteppingAside } from './step-aside.ts';

/*
 * What a file server does, in FTP's commands; all paths are absolute. Errors are the library's: ftps-failures.ts
 * gives them their meaning.
 */

/** How long a reply may come after the data connection was dropped, in milliseconds. */
const GRACE = 2_000;

/** What the current folder holds. Some servers call an empty one a failure. */
export async function listHere(client: Client): Promise<FileInfo[]> {
  try {
    return await client.list();
  } catch (error) {
    if (isReply(error, 450, 550) && /\bno\b.*\bfiles?\b.*\bfound\b/i.test(error.message)) return [];
    throw error;
  }
}

/** Streams a file up, as fast as the server takes it and no faster. */
export async function upload(
  client: Client,
  path: string,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const source = Readable.from(onceTrusted(client, content), { objectMode: false });
  source.on('error', () => undefined); // the upload fails with it; what comes later interests nobody
  const endGrace = graceForReplies(client);
  try {
    await client.uploadFrom(source, path);
  } finally {
    endGrace();
    source.destroy();
  }
}

/**
 * The content, from the moment that the data connection has shown a certificate that is accepted. The library means to
 * wait for that, but takes the cipher of a session to be resumed for the cipher of a handshake that is done.
 */
async function* onceTrusted({ ftp }: Client, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const socket = ftp.dataSocket as TLSSocket;
  if (!socket.authorized) await once(socket, 'secureConnect');
  yield* content;
}

/**
 * A server that refuses an upload says so and drops the data connection, in either order (ProFTPD drops first). The
 * library closes everything at a drop and never hears the reason; here it gets a moment to.
 * @returns what ends it
 */
function graceForReplies({ ftp }: Client): () => void {
  const closeWithError = ftp.closeWithError.bind(ftp);
  const timers: NodeJS.Timeout[] = [];
  ftp.closeWithError = (error) => {
    if (isDrop(error)) timers.push(setTimeout(closeWithError, GRACE, error));
    else closeWithError(error);
  };
  return () => {
    timers.forEach(clearTimeout);
    ftp.closeWithError = closeWithError;
  };
}

/** The size in bytes, by SIZE, or from the folder's list on a server that has no SIZE. */
export async function sizeOf(client: Client, path: string): Promise<number> {
  try {
    return await client.size(path);
  } catch (error) {
    const isNoAnswer = error instanceof Error && error.message.startsWith("Can't parse response");
    if (!isRefusal(error) && !isNoAnswer) throw error;
  }
  const file = await find(client, path);
  if (!file) throw new Failure('uploadGone', {});
  return file.size;
}

/** Removes a file. Servers refuse in the same words what is gone and what may not be removed: the list tells. */
export async function remove(client: Client, path: string): Promise<void> {
  try {
    await client.remove(path);
  } catch (error) {
    if (!isReply(error, 450, 550) || (await find(client, path))) throw error;
  }
}

/** Most servers replace in one step; one that refuses to gets the old file out of the way first. */
export async function replace(client: Client, from: string, to: string): Promise<void> {
  const rename = async (source: string, target: string) => void (await client.rename(source, target));
  try {
    await rename(from, to);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const exists = async (path: string) => (await find(client, path)) !== undefined;
    await replaceSteppingAside(
      { exists, rename, remove: (path) => remove(client, path) },
      { from, to, refused: error },
    );
  }
}

async function find(client: Client, path: string): Promise<FileInfo | undefined> {
  await client.cd(posix.dirname(path));
  return (await listHere(client)).find(({ name }) => name === posix.basename(path));
}

/** The data connection was closed by the other end; not for its certificate or its silence. */
function isDrop(error: Error & { code?: string }): boolean {
  const isByCode = error.code === 'ECONNRESET' || error.code === 'EPIPE';
  return error.message.endsWith('(data socket)') && (isByCode || error.message.startsWith('Socket closed'));
}

function isReply(error: unknown, ...codes: number[]): error is FTPError {
  return error instanceof FTPError && codes.includes(error.code);
}

/** A permanent refusal (5xx), after which the session goes on. */
function isRefusal(error: unknown): boolean {
  return error instanceof FTPError && error.code >= 500;
}
