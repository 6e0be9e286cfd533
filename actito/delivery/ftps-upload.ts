import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { type Client, FTPError } from 'basic-ftp';
import { Failure } from '../../contract/failure.ts';
import { NoDataConnection } from './ftps-passive.ts';
import type { Progress } from './progress.ts';

/** The time in which a reply may follow after the data connection was dropped, in milliseconds. */
const GRACE = 2_000;

/** A connection with what its calls need. */
export interface Connection {
  client: Client;
  /** The name of the server in failures. */
  server: string;
  progress: Progress;
}

/**
 * Uploads a file from a stream, at the speed of the server.
 * @throws Failure DeliveryUnavailable if the server does not confirm it in time; otherwise the library's errors
 */
export async function send(
  { client, server, progress }: Connection,
  path: string,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  let isSent = false;
  async function* sent() {
    yield* onceTrusted(client, progress, content);
    isSent = true;
  }
  const source = Readable.from(sent(), { objectMode: false });
  source.on('error', () => undefined); // the upload fails with this error; later ones are ignored
  const endGrace = graceForReplies(client);
  try {
    await client.uploadFrom(source, path);
  } catch (dropped) {
    endGrace();
    const error = await reasonOf(client, dropped);
    const isLate = isSent && error instanceof Error && error.message.startsWith('Timeout (control socket)');
    if (isLate) throw new Failure('ftpsUnconfirmed', { server, seconds: client.ftp.timeout / 1000 });
    throw error;
  } finally {
    endGrace();
    source.destroy();
  }
}

/**
 * Yields the content once the certificate of the data connection is accepted. The library tries to wait for that, but
 * it mistakes the cipher of a session to resume for that of a completed handshake.
 */
async function* onceTrusted(
  { ftp }: Client,
  progress: Progress,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const socket = ftp.dataSocket as TLSSocket;
  if (!socket.authorized) await progress.during(() => once(socket, 'secureConnect'));
  // Node sends no close_notify while it still writes its part of the handshake, so an empty list would end too soon.
  await setImmediate();
  yield* content;
}

/**
 * Waits for the reply of a server that refuses an upload. Such a server sends a reply and drops the data connection, in
 * either order (ProFTPD drops first). The library closes everything at a drop and would never read the reply.
 * @returns a function that ends the waiting
 */
export function graceForReplies({ ftp }: Client): () => void {
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

/**
 * Returns why a transfer has failed. The data connection may be dropped before the reply that explains it. Without
 * waiting, that reply would be taken for the answer to the next command. If none comes, the connection is closed.
 */
export async function reasonOf(client: Client, error: unknown): Promise<unknown> {
  const { ftp } = client;
  if (client.closed || error instanceof FTPError || error instanceof NoDataConnection) return error;
  if (!isDrop(error as Error)) {
    client.close(); // later replies belong to no command any more
    return error;
  }
  const timer = setTimeout(() => ftp.closeWithError(error as Error), GRACE);
  try {
    await ftp.handle(undefined, (reply, task) => {
      if (reply instanceof Error) task.reject(reply);
      else if (reply.code >= 200) task.resolve(reply);
    });
    return error; // an incomplete file was accepted as complete
  } catch (reason) {
    return reason;
  } finally {
    clearTimeout(timer);
  }
}

/** The server closed the data connection, and not because of a certificate or a timeout. */
function isDrop(error: Error & { code?: string }): boolean {
  if (error.code === 'ERR_STREAM_PREMATURE_CLOSE') return true;
  const isByCode = error.code === 'ECONNRESET' || error.code === 'EPIPE';
  return error.message.endsWith('(data socket)') && (isByCode || error.message.startsWith('Socket closed'));
}

/** The content of an empty file. */
export async function* nothing(): AsyncGenerator<Uint8Array> {
  // It yields nothing, but `send` waits for TLS anyway.
}
