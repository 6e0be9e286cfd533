import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { invalid } from '../refusal.ts';

/** One file in an archive. */
export interface ZipEntry {
  name: string;
  /** Its unpacked size in bytes, according to the archive. */
  size: number;
  /** Returns the streams to read the content through, in order. */
  open(): [NodeJS.ReadableStream, ...NodeJS.ReadWriteStream[]];
}

const END = { signature: 0x06054b50, length: 22, longestComment: 0xffff };
const CENTRAL = { signature: 0x02014b50, length: 46 };
const LOCAL = { signature: 0x04034b50, length: 30 };
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;

/**
 * Returns the files of a ZIP on disk (without folders), from the directory at its end. Streaming, as with fflate, could
 * find false headers in the packed bytes, and would not notice an incomplete archive.
 * @throws Refusal 400 for an archive that is damaged, encrypted, or packed in an unsupported way.
 */
export async function readZip(path: string): Promise<ZipEntry[]> {
  const file = await open(path);
  try {
    return (await entriesOf(file, path)).filter(({ name }) => !name.endsWith('/'));
  } finally {
    await file.close();
  }
}

async function entriesOf(file: FileHandle, path: string): Promise<ZipEntry[]> {
  const { size } = await file.stat();
  const tail = await bytes(file, Math.max(0, size - END.length - END.longestComment), size);
  const end = tail.lastIndexOf(signatureOf(END.signature));
  if (end < 0 || end + END.length > tail.length) throw broken();
  const directoryStart = tail.readUInt32LE(end + 16);
  const directory = await bytes(file, directoryStart, directoryStart + tail.readUInt32LE(end + 12));
  const entries: ZipEntry[] = [];
  for (let at = 0; at < directory.length;) {
    if (at + CENTRAL.length > directory.length || directory.readUInt32LE(at) !== CENTRAL.signature) {
      throw broken();
    }
    const nameLength = directory.readUInt16LE(at + 28);
    const next =
      at + CENTRAL.length + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    const name = directory.toString('utf8', at + CENTRAL.length, at + CENTRAL.length + nameLength);
    const method = directory.readUInt16LE(at + 10);
    if (directory.readUInt16LE(at + 8) & ENCRYPTED) throw invalid('file: an encrypted ZIP.');
    if (method !== STORED && method !== DEFLATED) throw invalid('file: a ZIP packed in an unusual way.');
    const start = await contentStart(file, directory.readUInt32LE(at + 42));
    const packed = directory.readUInt32LE(at + 20);
    if (start + packed > size) throw broken();
    entries.push({
      name,
      size: directory.readUInt32LE(at + 24),
      open: () => {
        const content =
          packed === 0 ? Readable.from([]) : createReadStream(path, { start, end: start + packed - 1 });
        return method === DEFLATED ? [content, createInflateRaw()] : [content];
      },
    });
    at = next;
  }
  if (entries.length !== tail.readUInt16LE(end + 10)) throw broken();
  return entries;
}

/** Returns where an entry's bytes begin. Its own header can be longer than the directory says. */
async function contentStart(file: FileHandle, header: number): Promise<number> {
  const local = await bytes(file, header, header + LOCAL.length);
  if (local.readUInt32LE(0) !== LOCAL.signature) throw broken();
  return header + LOCAL.length + local.readUInt16LE(26) + local.readUInt16LE(28);
}

/** @throws Refusal 400 when the file is shorter. */
async function bytes(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const { size } = await file.stat();
  if (end > size) throw broken();
  const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
  if (bytesRead < end - start) throw broken();
  return buffer;
}

function signatureOf(signature: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(signature);
  return buffer;
}

export function broken(): Error {
  return invalid('file: a broken archive.');
}
