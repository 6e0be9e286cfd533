import { Failure } from '../../contract/failure.ts';
import { codeOf } from '../../contract/foreign.ts';
import { PACKED_SLICE, slicesOf, Unzipping } from '../files/unzipping.ts';

/** Unpacked bytes per piece, because a reader of rows holds all rows of a piece. */
const UNPACKED_SLICE = 16 * 1024;
const BEGINS = [0x50, 0x4b]; // "PK"

/**
 * Streams the content of the first file in a ZIP.
 * @param most the maximum number of bytes, packed or unpacked
 * @throws Failure if it is no ZIP, damaged, or too large
 */
export async function* unzip(body: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  const archive = new Unzipping((name, before) => before === 0 && !name.endsWith('/'));
  // The library's errors may quote a member, so only their numeric codes are passed on.
  const push = (bytes: Uint8Array, isLast = false) => {
    try {
      return archive.push(bytes, isLast);
    } catch (error) {
      throw unreadable(codeOf(error));
    }
  };
  let packed = 0;
  let unpacked = 0;
  for await (const part of fromItsBeginning(body))
    for (const slice of slicesOf(part, PACKED_SLICE)) {
      const ready = push(slice);
      packed += slice.length;
      unpacked += ready.reduce((sum, { length }) => sum + length, 0);
      if (Math.max(packed, unpacked) > most) throw unreadable('TOO_LARGE');
      yield* rowSized(ready);
    }
  yield* rowSized(push(new Uint8Array(0), true));
}

function* rowSized(pieces: Uint8Array[]): Generator<Uint8Array> {
  for (const piece of pieces) yield* slicesOf(piece, UNPACKED_SLICE);
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
