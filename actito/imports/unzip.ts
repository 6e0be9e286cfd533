import { Unzip, UnzipInflate } from 'fflate';
import { Failure } from '../../contract/failure.ts';
import { codeOf } from '../../contract/foreign.ts';

/**
 * Packed bytes that are unpacked at one time. They may become a thousand times as large, and that is held in memory.
 */
const PACKED_SLICE = 4 * 1024;
/** Unpacked bytes per piece, because a reader of rows holds all rows of a piece. */
const UNPACKED_SLICE = 16 * 1024;
const BEGINS = [0x50, 0x4b]; // "PK"

/**
 * Streams the content of the first file in a ZIP.
 * @param most the maximum number of bytes, packed or unpacked
 * @throws Failure if it is no ZIP, damaged, or too large
 */
export async function* unzip(body: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  let failure: Error | null = null;
  let isFound = false;
  const archive = new Unzip((file) => {
    const isWanted = !isFound && !file.name.endsWith('/');
    isFound ||= isWanted;
    file.ondata = (error, chunk) => {
      if (error) failure = error;
      else if (isWanted) ready.push(chunk);
    };
    file.start();
  });
  archive.register(UnzipInflate);
  // The library's errors may quote a member, so only their numeric codes are passed on.
  const push = (bytes: Uint8Array, isLast = false) => {
    try {
      archive.push(bytes, isLast);
    } catch (error) {
      failure = error as Error;
    }
    if (failure) throw unreadable(codeOf(failure));
  };
  let packed = 0;
  let unpacked = 0;
  for await (const slice of slices(fromItsBeginning(body), PACKED_SLICE)) {
    packed += slice.length;
    push(slice);
    unpacked += ready.reduce((sum, { length }) => sum + length, 0);
    if (Math.max(packed, unpacked) > most) throw unreadable('TOO_LARGE');
    yield* slices(ready, UNPACKED_SLICE);
    ready = [];
  }
  push(new Uint8Array(0), true);
  yield* slices(ready, UNPACKED_SLICE);
}

/** The failure for an unusable result file, with a code of ours. */
export function unreadable(code: string): Failure {
  return new Failure('rowsInErrorUnreadable', { code });
}

/** Checks that a body begins like a ZIP, because a gateway may have answered with a page instead. */
async function* fromItsBeginning(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let first: Uint8Array | null = new Uint8Array(0);
  for await (const part of body) {
    if (first === null) {
      yield part;
      continue;
    }
    first = Buffer.concat([first, part]);
    if (first.length < BEGINS.length) continue;
    requireZip(first);
    yield first;
    first = null;
  }
  if (first !== null) requireZip(first);
}

function requireZip(first: Uint8Array): void {
  if (BEGINS.every((byte, index) => first[index] === byte)) return;
  if (/^[\uFEFF\s]*</.test(new TextDecoder().decode(first.subarray(0, 100)))) {
    throw new Failure('answerIsPage', { call: 'GET executionResultFile' });
  }
  throw unreadable('NO_ZIP');
}

async function* slices(
  parts: AsyncIterable<Uint8Array> | Uint8Array[],
  size: number,
): AsyncGenerator<Uint8Array> {
  for await (const part of parts)
    for (let at = 0; at < part.length; at += size) yield part.subarray(at, at + size);
}
