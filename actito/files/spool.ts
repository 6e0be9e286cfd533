import { open, mkdtemp, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack, type Packing } from './pack.ts';
import { Failure } from '../../contract/failure.ts';

/** D: Actito accepts files of at most 100 MB. That may mean the packed file; we apply it to the unpacked one. */
export const MAX_FILE_BYTES = 100_000_000;

/** Files of this size and more are packed. For smaller files, a call takes longer than its bytes. */
export const PACKED_FROM_BYTES = 1_000_000;

/** A file on the worker's disk without a name, which disappears when it is closed, however the worker ends. */
export interface UnnamedFile {
  /** Reads the content from the start; may be called several times. */
  read(): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
}

/** The file of an import, packed according to `packing`. */
export interface Spool extends UnnamedFile {
  /** The unpacked size. */
  bytes: number;
  rows: number;
  packing: Packing;
}

/** A piece of a file. Its bytes are valid until the next piece is requested. */
export interface FilePart {
  bytes: Uint8Array;
  rows: number;
}

/** How a large file is packed, and its name inside a ZIP. */
export interface SpoolOptions {
  packing: Packing;
  name: string;
}

/**
 * Writes an import file to disk before it is sent. Then its size is known, a call can be repeated without reading the
 * database, and a slow upload keeps no transaction open.
 */
export async function spoolFile(
  parts: AsyncIterable<FilePart>,
  { packing: wanted, name }: SpoolOptions = { packing: 'none', name: 'import.csv' },
): Promise<Spool> {
  const handle = await openUnnamed();
  try {
    const size = { bytes: 0, rows: 0 };
    const { isLarge, content } = await lookAhead(counted(parts, size));
    const packing = isLarge ? wanted : 'none';
    for await (const chunk of pack(packing, name, content)) await writeAll(handle, chunk);
    return { ...size, packing, read: () => readAll(handle), close: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Writes content to disk before it is sent to a slow server, so the transaction that it comes from ends with the last
 * piece instead of waiting for that server. A piece's buffer may be reused once the next is requested.
 */
export async function spoolContent(content: AsyncIterable<Uint8Array>): Promise<UnnamedFile> {
  const handle = await openUnnamed();
  try {
    for await (const chunk of content) await writeAll(handle, chunk);
    return { read: () => readAll(handle), close: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openUnnamed(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-'));
  const handle = await open(join(folder, 'import'), 'wx+', 0o600);
  await rm(folder, { recursive: true });
  return handle;
}

async function* counted(
  parts: AsyncIterable<FilePart>,
  size: { bytes: number; rows: number },
): AsyncGenerator<Uint8Array> {
  for await (const { bytes, rows } of parts) {
    size.bytes += bytes.length;
    size.rows += rows;
    if (size.bytes > MAX_FILE_BYTES) {
      throw new Failure('chunkTooLarge', { bytes: MAX_FILE_BYTES });
    }
    yield bytes;
  }
}

/** Reads enough to distinguish a large file from a small one, keeps a copy of that, and passes everything on. */
async function lookAhead(
  content: AsyncGenerator<Uint8Array>,
): Promise<{ isLarge: boolean; content: AsyncIterable<Uint8Array> }> {
  const head: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < PACKED_FROM_BYTES) {
    const next = await content.next();
    if (next.done) break;
    head.push(Buffer.from(next.value));
    bytes += next.value.length;
  }
  async function* all() {
    try {
      yield* head;
      yield* content;
    } finally {
      await content.return(undefined); // the reader may stop within the head
    }
  }
  return { isLarge: bytes >= PACKED_FROM_BYTES, content: all() };
}

async function writeAll(handle: FileHandle, buffer: Uint8Array): Promise<void> {
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
