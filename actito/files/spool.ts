import { open, mkdtemp, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** D: Actito takes files of at most 100 MB. */
export const MAX_FILE_BYTES = 100_000_000;

/** A file on the worker's disk that has no name any more: it is gone when it is closed, however the worker ends. */
export interface Spool {
  bytes: number;
  rows: number;
  /** The content from the start; may be read several times. */
  read(): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Writes an import file before it is sent: its size is then known, a call can be tried again without asking the
 * database, and a slow upload keeps no transaction open.
 */
export async function spoolFile(parts: AsyncIterable<{ text: string; rows: number }>): Promise<Spool> {
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-'));
  const handle = await open(join(folder, 'import.csv'), 'wx+', 0o600);
  await rm(folder, { recursive: true });
  try {
    let bytes = 0;
    let rows = 0;
    for await (const part of parts) {
      const buffer = Buffer.from(part.text, 'utf8');
      await writeAll(handle, buffer);
      bytes += buffer.length;
      rows += part.rows;
      if (bytes > MAX_FILE_BYTES) {
        throw new Error(`An import file of more than ${MAX_FILE_BYTES} bytes; its chunk was cut too large.`);
      }
    }
    return { bytes, rows, read: () => readAll(handle), close: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function writeAll(handle: FileHandle, buffer: Buffer): Promise<void> {
  for (let done = 0; done < buffer.length;) {
    done += (await handle.write(buffer, done)).bytesWritten;
  }
}

async function* readAll(handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (let position = 0; ;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(262_144), 0, 262_144, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
