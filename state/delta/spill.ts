import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Spill } from '../../activation/comparison/partitions.ts';

const BUFFER = 32_768;

/**
 * Opens a temporary file and deletes its name, so it disappears when it is closed, however the worker ends. It is
 * written and read synchronously, in pieces small enough that nothing else waits: the rows of a segment pass one by
 * one.
 */
export function openSpill(): Spill {
  let file: number | undefined;
  let buffer = Buffer.allocUnsafe(BUFFER);
  let filled = 0;
  /** The position up to which the file was read. */
  let at = 0;

  function flush(): void {
    file ??= openUnnamed();
    for (let done = 0; done < filled;) done += writeSync(file, buffer, done, filled - done);
    filled = 0;
  }

  return {
    write(bytes) {
      if (filled + bytes.length > BUFFER) flush();
      if (bytes.length > BUFFER) buffer = Buffer.allocUnsafe(bytes.length);
      buffer.set(bytes, filled);
      filled += bytes.length;
    },
    read(into) {
      if (file !== undefined) flush(); // otherwise no file was needed
      const read =
        file === undefined ? buffer.copy(into, 0, at, filled) : readSync(file, into, 0, into.length, at);
      at += read;
      return read;
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
      buffer = Buffer.alloc(0);
      filled = 0;
    },
  };
}

function openUnnamed(): number {
  const folder = mkdtempSync(join(tmpdir(), 'actito-sync-'));
  try {
    return openSync(join(folder, 'rows'), 'wx+', 0o600);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
