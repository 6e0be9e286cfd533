import { PassThrough } from 'node:stream';
import type { Client } from 'basic-ftp';
import { Failure } from '../../contract/failure.ts';
import { isReply, namesFile } from './ftps-list.ts';
import { type Connection, graceForReplies, reasonOf } from './ftps-upload.ts';

/** Bytes that wait for the consumer; beyond that, the server is not read from. */
const BUFFER = 512 * 1024;
/** The time in which a server must acknowledge that a transfer was broken off, in milliseconds. */
const GRACE = 2_000;
/** The time in which that may follow the reply to the next command, in milliseconds. */
const LATE = 250;

/**
 * Streams a file down, at the speed of the consumer. Leaving the loop early breaks off the transfer. The connection can be
 * used again if the server acknowledges that in time; otherwise it is closed.
 * @throws the library's errors
 */
export async function* download(connection: Connection, path: string): AsyncGenerator<Buffer, void> {
  const { client } = connection;
  const content = new PassThrough({ highWaterMark: BUFFER });
  // The library watches the time without progress only of a stream that it pipes.
  const transfer = client.downloadTo(content, path);
  transfer.catch(() => undefined); // awaited below
  let isOver = false;
  try {
    try {
      // Destroyed by the iterator, it would end the connection with an error.
      yield* content.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    } catch {
      // The transfer has the same error, or its reason.
    }
    isOver = true;
    await transfer;
  } catch (error) {
    isOver = true;
    throw await reasonOfRefusal(connection, path, error);
  } finally {
    if (!isOver) await breakOff(client, content, transfer);
  }
}

/** A refusal can mean that the file is gone, which is temporary, or that the permission is missing, which is not. */
async function reasonOfRefusal(connection: Connection, path: string, error: unknown): Promise<unknown> {
  const reason = await reasonOf(connection.client, error);
  if (!isReply(reason, 450, 550, 551)) return reason;
  return (await namesFile(connection, path))
    ? reason
    : new Failure('fileGone', {}, { words: reason.message });
}

/**
 * Breaks off a transfer. The server may have completed it, so it is unknown whether a reply follows. Another command is
 * sent, and the connection is used again when that one is answered, and the transfer too or for a moment nothing else.
 */
async function breakOff(client: Client, content: PassThrough, transfer: Promise<unknown>): Promise<void> {
  const endGrace = graceForReplies(client); // the library would close the connection at once
  content.destroy();
  await transfer.catch(() => undefined);
  const timers = [setTimeout(() => client.close(), GRACE)];
  let isAnswered = false;
  let isEnded = false;
  try {
    await client.ftp.handle('NOOP', (reply, task) => {
      const code = 'code' in reply ? reply.code : undefined;
      if (reply instanceof Error && typeof code !== 'number') return task.reject(reply); // the connection is gone
      if (code === 200 || code === 500 || code === 502) isAnswered = true;
      else isEnded = true;
      if (isAnswered && isEnded) task.resolve(reply);
      else if (isAnswered) timers.push(setTimeout(() => task.resolve(reply), LATE));
    });
  } catch {
    // The next call reports that the connection is closed.
  } finally {
    timers.forEach(clearTimeout);
    endGrace();
  }
}
