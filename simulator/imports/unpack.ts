import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { invalid } from '../refusal.ts';
import { FileGate } from './file-gate.ts';
import { broken, readZip, type ZipEntry } from './zip.ts';

/** How the data file of an import is packed. */
export type Packing = 'none' | 'gzip' | 'zip';

/** A data file as it was received. */
export interface ReceivedFile {
  path: string;
  /** The caller's name of the file. */
  fileName: string;
  mimeType: string;
}

/** The packing that a content type declares. Other types are refused. */
const TYPES: Record<string, Packing | 'unsaid'> = {
  'text/csv': 'none',
  'application/gzip': 'gzip',
  'application/x-gzip': 'gzip',
  'application/zip': 'zip',
  'application/x-zip-compressed': 'zip',
  'application/octet-stream': 'unsaid',
};

/**
 * Writes the CSV files of a data file to `folder`: one, or those of a ZIP in their order.
 * @throws Refusal 400 if the data does not match its type and name, is damaged, is not UTF-8, or exceeds `limit` when
 * unpacked.
 */
export async function unpack(received: ReceivedFile, folder: string, limit: number) {
  const packing = await packingOf(received.path);
  checkClaims(received, packing);
  const files: string[] = [];
  const allowance = { limit, left: limit };
  for (const entry of await entriesOf(received.path, packing)) {
    const path = join(folder, `${files.length + 1}.csv`);
    await pipeline([...entry.open(), new FileGate(allowance), createWriteStream(path)]).catch(asRefusal);
    if (entry.size !== undefined && (await stat(path)).size !== entry.size) throw broken();
    files.push(path);
  }
  return { packing, files };
}

/** Detects the packing from the first bytes; everything else is treated as CSV. */
async function packingOf(path: string): Promise<Packing> {
  const file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0).finally(() => file.close());
  if (buffer.readUInt16BE() === 0x1f8b) return 'gzip';
  return ['PK\x03\x04', 'PK\x05\x06'].includes(buffer.toString('latin1')) ? 'zip' : 'none';
}

function checkClaims({ fileName, mimeType }: ReceivedFile, packing: Packing): void {
  const type = Object.hasOwn(TYPES, mimeType) ? TYPES[mimeType] : undefined;
  if (!type) throw invalid(`The part "file" is none of ${Object.keys(TYPES).join(', ')}.`);
  if (type !== 'unsaid' && type !== packing) throw invalid(`file: not ${mimeType}.`);
  const extension = /\.(gz|zip)$/i.exec(fileName)?.[1]?.toLowerCase();
  if (extension && extension !== (packing === 'gzip' ? 'gz' : packing)) {
    throw invalid(`file: not what its name, ending in .${extension}, says.`);
  }
}

async function entriesOf(path: string, packing: Packing) {
  if (packing === 'none') return [{ size: undefined, open: () => [createReadStream(path)] }];
  if (packing === 'gzip') {
    return [{ size: undefined, open: () => [createReadStream(path), createGunzip()] }];
  }
  const entries: ZipEntry[] = await readZip(path);
  if (entries.length === 0) throw invalid('file: a ZIP without files.');
  if (!entries.every(({ name }) => /\.csv$/i.test(name))) {
    throw invalid('file: a ZIP that holds something else than CSV files.');
  }
  return entries;
}

/** Converts errors of zlib to refusals, because they are about the received file. Rethrows other errors. */
function asRefusal(error: NodeJS.ErrnoException): never {
  throw error.code?.startsWith('Z_') ? broken() : error;
}
