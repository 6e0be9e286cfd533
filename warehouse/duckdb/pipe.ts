import { execFile } from 'node:child_process';
import { close, constants, createReadStream, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const CHUNK = 64 * 1024;

/** The pipe cannot be opened, for example because a program has removed old files of the temporary folder. */
export class RowPipeLost extends Error {
  override name = 'RowPipeLost';
}

/** Where DuckDB writes the rows of a read, and the worker reads them. */
interface RowPipe {
  path: string;
  /**
   * Yields what is written, until the end that `copied` reports.
   * @param copied rejects if the copy failed; then the chunks end with its error
   */
  chunks(copied: Promise<unknown>): AsyncIterable<Buffer>;
}

/**
 * Creates a named pipe in a folder. Where that is not possible (Windows, some file systems), the rows go through a file,
 * which needs disk space for all of them.
 */
export async function createRowPipe(folder: string, mkfifo = 'mkfifo'): Promise<RowPipe> {
  const path = join(folder, 'rows');
  const isPipe = await promisify(execFile)(mkfifo, [path]).then(
    () => true,
    () => false,
  );
  return { path, chunks: (copied) => (isPipe ? throughPipe(path, copied) : throughFile(path, copied)) };
}

/**
 * The pipe is opened without waiting for a writer, and read without a thread of Node's pool. It stays open for writing
 * here until DuckDB has reported its end; so there is always a writer, whether DuckDB opens the pipe or fails before.
 */
async function* throughPipe(path: string, copied: Promise<unknown>): AsyncGenerator<Buffer, void, undefined> {
  const [fd, writing] = openBoth(path);
  const socket = new Socket({ fd, readable: true, writable: false }); // closes the descriptor
  void copied.then(
    () => close(writing),
    (error: Error) => {
      socket.destroy(error);
      close(writing);
    },
  );
  yield* socket as AsyncIterable<Buffer>;
}

/** Returns the descriptors for reading and writing. @throws RowPipeLost */
function openBoth(path: string): [reading: number, writing: number] {
  let reading: number | undefined;
  try {
    reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return [reading, openSync(path, constants.O_WRONLY)];
  } catch (error) {
    if (reading !== undefined) close(reading); // a worker without free descriptors must not lose one with each attempt
    throw new RowPipeLost('The pipe cannot be opened.', { cause: error });
  }
}

async function* throughFile(path: string, copied: Promise<unknown>): AsyncGenerator<Buffer, void, undefined> {
  await copied;
  yield* createReadStream(path, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>;
}
