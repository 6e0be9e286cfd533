import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { type Client, FTPError } from 'basic-ftp';
import { Failure } from '../../contract/failure.ts';
import { NoDataConnection } from './ftps-passive.ts';
import type { Progress } from './progress.ts';

/** How long a reply may come after the data connection was dropped, in milliseconds. */
const GRACE = 2_000;

/** A connection as its calls need it. */
export interface Connection {
  client: Client;
  /** How failures name the server. */
  server: string;
  progress: Progress;
}

/**
 * Streams a file up, as fast as the server takes it and no faster.
 * @throws Failure DeliveryUnavailable when the server does not confirm it in time; else the library's errors
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
  source.on('error', () => undefined); // the upload fails with it; what comes later interests nobody
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
 * The content, from the moment that the data connection has shown a certificate that is accepted. The library means to
 * wait for that, but takes the cipher of a session to be resumed for the cipher of a handshake that is done.
 */
async function* onceTrusted(
  { ftp }: Client,
  progress: Progress,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const socket = ftp.dataSocket as TLSSocket;
  if (!socket.authorized) await progress.during(() => once(socket, 'secureConnect'));
  // Node sends no close_notify while it still writes its part of the handshake: a list without a byte would end too soon.
  await setImmediate();
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

/**
 * Why a transfer has failed. A drop of the data connection may come before the reply that explains it; and whoever does not wait for that
 * reply takes it for the answer to the next command. Without one, the connection is closed.
 */
export async function reasonOf(client: Client, error: unknown): Promise<unknown> {
  const { ftp } = client;
  if (client.closed || error instanceof FTPError || error instanceof NoDataConnection) return error;
  if (!isDrop(error as Error)) {
    client.close(); // what is still to come belongs to no command any more
    return error;
  }
  const timer = setTimeout(() => ftp.closeWithError(error as Error), GRACE);
  try {
    await ftp.handle(undefined, (reply, task) => {
      if (reply instanceof Error) task.reject(reply);
      else if (reply.code >= 200) task.resolve(reply);
    });
    return error; // a part was taken for the whole
  } catch (reason) {
    return reason;
  } finally {
    clearTimeout(timer);
  }
}

/** The data connection was closed by the other end; not for its certificate or its silence. */
function isDrop(error: Error & { code?: string }): boolean {
  if (error.code === 'ERR_STREAM_PREMATURE_CLOSE') return true;
  const isByCode = error.code === 'ECONNRESET' || error.code === 'EPIPE';
  return error.message.endsWith('(data socket)') && (isByCode || error.message.startsWith('Socket closed'));
}

/** A file without content. */
export async function* nothing(): AsyncGenerator<Uint8Array> {
  // It yields nothing; `send` waits for TLS all the same.
}
