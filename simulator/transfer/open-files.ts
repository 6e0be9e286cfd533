import { closeSync, constants, openSync, readdirSync, readSync, writeSync } from 'node:fs';
import ssh2 from 'ssh2';

const { OPEN_MODE } = ssh2.utils.sftp;
const LARGEST_READ = 256 * 1024;

interface OpenFile {
  descriptor: number;
  /** The number of received bytes. */
  written: number;
}

/** The file and directory handles of an SFTP session. */
export class OpenFiles {
  readonly #files = new Map<number, OpenFile>();
  readonly #directories = new Map<number, { path: string; names: string[] }>();
  #last = 0;

  /** @param flags SFTP v3 flags, see OPEN_MODE. */
  openFile(path: string, flags: number): Buffer {
    const descriptor = openSync(path, toOpenFlags(flags), 0o644);
    return this.#remember(this.#files, { descriptor, written: 0 });
  }

  openDirectory(path: string): Buffer {
    return this.#remember(this.#directories, { path, names: readdirSync(path) });
  }

  /** Returns up to `count` more names of a directory; none at its end. */
  nextNames(handle: Buffer, count: number): { path: string; names: string[] } {
    const { path, names } = known(this.#directories, handle);
    return { path, names: names.splice(0, count) };
  }

  read(handle: Buffer, offset: number, length: number): Buffer {
    const { descriptor } = known(this.#files, handle);
    const buffer = Buffer.allocUnsafe(Math.min(length, LARGEST_READ));
    return buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, offset));
  }

  /** @returns the total number of bytes that the file has received. */
  write(handle: Buffer, offset: number, data: Buffer): number {
    const file = known(this.#files, handle);
    for (let done = 0; done < data.length;) {
      done += writeSync(file.descriptor, data, done, data.length - done, offset + done);
    }
    return (file.written += data.length);
  }

  written(handle: Buffer): number {
    return known(this.#files, handle).written;
  }

  descriptor(handle: Buffer): number {
    return known(this.#files, handle).descriptor;
  }

  close(handle: Buffer): void {
    const id = handle.readUInt32BE(0);
    if (this.#directories.delete(id)) return;
    closeSync(known(this.#files, handle).descriptor);
    this.#files.delete(id);
  }

  closeAll(): void {
    for (const { descriptor } of this.#files.values()) closeSync(descriptor);
    this.#files.clear();
    this.#directories.clear();
  }

  #remember<T>(handles: Map<number, T>, opened: T): Buffer {
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE((this.#last += 1));
    handles.set(this.#last, opened);
    return handle;
  }
}

function known<T>(handles: Map<number, T>, handle: Buffer): T {
  const found = handle.length === 4 ? handles.get(handle.readUInt32BE(0)) : undefined;
  if (!found) throw new Error('unknown handle');
  return found;
}

function toOpenFlags(flags: number): number {
  const reads = (flags & OPEN_MODE.READ) !== 0;
  const writes = (flags & OPEN_MODE.WRITE) !== 0;
  let result = reads && writes ? constants.O_RDWR : writes ? constants.O_WRONLY : constants.O_RDONLY;
  if (flags & OPEN_MODE.APPEND) result |= constants.O_APPEND;
  if (flags & OPEN_MODE.CREAT) result |= constants.O_CREAT;
  if (flags & OPEN_MODE.TRUNC) result |= constants.O_TRUNC;
  if (flags & OPEN_MODE.EXCL) result |= constants.O_EXCL;
  return result;
}
