import { pipeline, Readable } from 'node:stream';
import { crc32, createGunzip } from 'node:zlib';
import { Failure } from '../../contract/failure.ts';
import { codeOf } from '../../contract/foreign.ts';
import { PACKED_SLICE, slicesOf, Unzipping } from '../files/unzipping.ts';
import { crcInDirectory, endOfZip, ZIP_TAIL } from './zip-directory.ts';

const GZIP = [0x1f, 0x8b];
/** A ZIP begins with a file, or with the end of its directory if it is empty. A header of a CSV can begin with `PK`. */
const ZIP_FILE = Buffer.from('PK\x03\x04', 'latin1');
const ZIP_EMPTY = Buffer.from('PK\x05\x06', 'latin1');

/**
 * Streams the unpacked content of a file: GZIP, a ZIP of one file, or as it is. The first bytes decide, because names of
 * exports can have any ending.
 * @param name of the file, for errors
 * @throws Failure ExportInvalid; errors of `bytes` as they are
 */
export async function* unpacked(bytes: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Buffer> {
  const source = bytes[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
  let first: Buffer = Buffer.alloc(0);
  let isOver = false;
  try {
    while (first.length < ZIP_FILE.length && !isOver) {
      const { done, value } = await source.next();
      if (done) isOver = true;
      else first = Buffer.concat([first, value]);
    }
    if (first.length === 0) throw new Failure('exportIncomplete', { file: name, why: 'empty' });
    const whole = withFirst(first, source, isOver);
    if (GZIP.every((byte, index) => first[index] === byte)) yield* gunzipped(whole, name);
    else if ([ZIP_FILE, ZIP_EMPTY].some((begin) => first.subarray(0, begin.length).equals(begin)))
      yield* unzipped(whole, name);
    else yield* whole;
  } finally {
    await source.return?.();
  }
}

async function* withFirst(
  first: Buffer,
  source: AsyncIterator<Uint8Array, undefined>,
  isOver: boolean,
): AsyncGenerator<Buffer> {
  yield first;
  while (!isOver) {
    const { done, value } = await source.next();
    if (done) return;
    yield Buffer.from(value.buffer, value.byteOffset, value.length);
  }
}

async function* gunzipped(bytes: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: 128 * 1024 });
  pipeline(Readable.from(bytes, { objectMode: false }), gunzip, () => {}); // an error reaches the loop below
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code !== 'string' || !code.startsWith('Z_')) throw error;
    if (code === 'Z_BUF_ERROR') throw new Failure('exportIncomplete', { file: name, why: 'packed' });
    throw new Failure('exportPacking', { file: name, code });
  }
}

/** True for a file that counts. Folders do not, nor what macOS adds. */
function isWanted(name: string): boolean {
  return !name.endsWith('/') && !name.startsWith('__MACOSX/');
}

/** Streams the only file in a ZIP. Its checksum is compared at the end, because the library does not do it. */
async function* unzipped(bytes: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  const archive = new Unzipping(isWanted);
  let crc = 0;
  let tail: Buffer = Buffer.alloc(0);
  for await (const part of bytes) {
    tail = Buffer.concat([tail, part]).subarray(-ZIP_TAIL);
    for (const slice of slicesOf(part, PACKED_SLICE)) {
      const ready = readyOf(archive, slice, name);
      if (archive.files > 1) throw new Failure('exportZipEntries', { file: name });
      for (const chunk of ready) {
        crc = crc32(chunk, crc);
        yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      }
    }
  }
  const end = endOfZip(tail);
  if (!archive.isComplete || end < 0) throw new Failure('exportIncomplete', { file: name, why: 'packed' });
  const expected = crcInDirectory(tail, end, isWanted);
  if (expected === undefined) throw new Failure('exportPacking', { file: name, code: 'ZIP_DIRECTORY' });
  if (expected !== crc) throw new Failure('exportPacking', { file: name, code: 'ZIP_CRC' });
}

function readyOf(archive: Unzipping, slice: Uint8Array, name: string): Uint8Array[] {
  try {
    return archive.push(slice);
  } catch (error) {
    throw new Failure('exportPacking', { file: name, code: codeOfZip(error) });
  }
}

/** The library's errors have numeric codes. */
function codeOfZip(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? `ZIP_${code}` : codeOf(error);
}
