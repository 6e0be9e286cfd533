import { createGzip, type Gzip } from 'node:zlib';
import { Zip, ZipDeflate } from 'fflate';
import type { ContractSettings } from '../../activation/definition/contract.ts';

/** How a file is packed, including `none`. */
export type Packing = ContractSettings['compression'];

/**
 * Measured on lines of an import file: level 4 packs 97 MB/s to 27 % (level 1: 118 MB/s to 31 %, level 6: 44 MB/s to 25
 * %), on a zlib thread. fflate works on the main thread, where level 3 packs 38 MB/s to 29 %.
 */
const LEVEL = { gzip: 4, zip: 3 } as const;

/**
 * Packs a file as a stream; a piece is consumed before the next one is requested. `name`: the file's name inside a ZIP.
 */
export function pack(
  packing: Packing,
  name: string,
  content: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  if (packing === 'gzip') return gzip(content);
  return packing === 'zip' ? zip(name, content) : content;
}

function gzip(content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const packer = createGzip({ level: LEVEL.gzip });
  void feed(content, packer); // an error reaches the reader through the packer
  return packer as AsyncIterable<Buffer>;
}

/**
 * Packs one piece while the next one is produced. Does not use a Readable, because it requests several pieces ahead,
 * and their buffer is reused.
 */
async function feed(content: AsyncIterable<Uint8Array>, packer: Gzip): Promise<void> {
  let held = Buffer.alloc(0);
  let taken = Promise.resolve();
  const closed = new Promise<void>((resolve) => void packer.once('close', resolve));
  try {
    for await (const piece of content) {
      await Promise.race([taken, closed]); // a packer whose reader has stopped may never accept it
      if (packer.destroyed) break;
      if (held.length < piece.length) held = Buffer.allocUnsafe(2 * piece.length);
      held.set(piece);
      const bytes = held.subarray(0, piece.length);
      taken = new Promise((resolve) => void packer.write(bytes, () => resolve()));
    }
    packer.end();
  } catch (error) {
    packer.destroy(error as Error);
  }
}

async function* zip(name: string, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const archive = new Zip((error, chunk) => {
    if (error) throw error;
    ready.push(chunk);
  });
  const file = new ZipDeflate(name, { level: LEVEL.zip });
  archive.add(file);
  for await (const chunk of content) {
    file.push(chunk);
    yield* ready;
    ready = [];
  }
  file.push(new Uint8Array(0), true);
  archive.end();
  yield* ready;
}
