import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { Faults } from '../faults.ts';
import { zipped } from '../pack-zip.ts';
import type { StandardExport } from './standard-export.ts';

interface Target {
  path: string;
  packing: StandardExport['packing'];
  /** The name of the file in a ZIP. */
  innerName: string;
  /** A folder for files that are being worked on. */
  spool: string;
  faults: Faults;
  signal: AbortSignal;
}

/**
 * Writes an export's file, and makes its folder. Readers of the folder see a temporary name, then the complete file,
 * except with the fault `exportInPlace`.
 */
export async function writeExport(content: AsyncIterable<Buffer>, target: Target): Promise<void> {
  const { path, packing, innerName, spool, faults, signal } = target;
  const inPlace = faults.strike('exportInPlace');
  const temporary = inPlace ? join(spool, basename(path)) : `${path}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  try {
    const packed = packing === 'zip' ? zipped(content, innerName) : content;
    const output = createWriteStream(temporary);
    if (packing === 'gzip') await pipeline(packed, createGzip(), output, { signal });
    else await pipeline(Readable.from(packed), output, { signal });
    if (inPlace) await copySlowly(temporary, path, { ...inPlace, faults, signal });
    else await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

interface Pause {
  afterBytes?: number;
  milliseconds?: number;
  faults: Faults;
  signal: AbortSignal;
}

/** Copies a file with a pause, in which the copy is incomplete. */
async function copySlowly(from: string, to: string, { afterBytes, milliseconds, faults, signal }: Pause) {
  const { size } = await stat(from);
  const pauseAt = Math.min(afterBytes ?? Math.floor(size / 2), size);
  const [source, copy] = [await open(from), await open(to, 'w')];
  try {
    const { buffer } = await source.read(Buffer.alloc(size), 0, size, 0);
    await copy.write(buffer, 0, pauseAt);
    if (milliseconds !== undefined) await delay(milliseconds, undefined, { signal });
    else await faults.switchedOff('exportInPlace', signal);
    await copy.write(buffer, pauseAt, size - pauseAt);
  } finally {
    await Promise.all([source.close(), copy.close()]);
  }
}
