import {
  closeSync,
  constants,
  createReadStream,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  statSync,
  type Stats,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join, posix } from 'node:path';
import { type Readable, Writable } from 'node:stream';
import type { Faults } from '../faults.ts';

interface Context {
  /** The folder on disk that the session sees as `/`. */
  root: string;
  faults: () => Faults;
  /** Closes the connection without a message. */
  cut: () => void;
}

/** The files of an FTP session. ftp-srv calls these methods by name. */
export class FtpFiles {
  readonly #context: Context;
  readonly #streams = new Set<Readable | Writable>();
  #cwd = '/';

  constructor(context: Context) {
    this.#context = context;
  }

  currentDirectory(): string {
    return this.#cwd;
  }

  chdir(path: string): string {
    if (!this.get(path).isDirectory()) throw new Error('Not a folder.');
    return (this.#cwd = this.#virtual(path));
  }

  get(path: string) {
    return worded(() => entryOf(posix.basename(path), statSync(this.#disk(path))));
  }

  list(path: string) {
    const folder = this.#disk(path);
    return worded(() =>
      readdirSync(folder).flatMap((name) => {
        const stats = statSync(join(folder, name), { throwIfNoEntry: false });
        return stats ? [entryOf(name, stats)] : []; // removed after the folder was read
      }),
    );
  }

  read(path: string, { start }: { start?: number } = {}) {
    const stream = createReadStream('', { fd: this.#open(path, constants.O_RDONLY), start });
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    return { stream, clientPath: this.#virtual(path) };
  }

  /** The file already has its final name during the upload. */
  write(path: string, { append = false, start = 0 }: { append?: boolean; start?: number } = {}) {
    const mode = append ? constants.O_APPEND : start > 0 ? 0 : constants.O_TRUNC;
    const descriptor = this.#open(path, constants.O_WRONLY | constants.O_CREAT | mode);
    const { faults, cut } = this.#context;
    let received = 0;
    let position = append ? null : start;
    const keep = (data: Buffer) => {
      for (let done = 0; done < data.length;) {
        const bytes = writeSync(descriptor, data, done, data.length - done, position);
        done += bytes;
        if (position !== null) position += bytes;
      }
    };
    const stream = new Writable({
      write: (data: Buffer, _encoding, done) => {
        const limit = faults().pending('uploadBreaks')?.afterBytes ?? Infinity;
        const room = limit - received;
        try {
          worded(() => keep(room < data.length ? data.subarray(0, Math.max(room, 0)) : data));
        } catch (error) {
          done(error as Error);
          return;
        }
        received += data.length;
        if (room > data.length || !faults().strike('uploadBreaks')) done();
        else cut();
      },
      destroy: (error, done) => {
        closeSync(descriptor);
        this.#streams.delete(stream); // not on 'close': ftp-srv would take that listener for the end of the stream
        done(error);
      },
    });
    this.#streams.add(stream);
    return { stream, clientPath: this.#virtual(path) };
  }

  delete(path: string): void {
    const isFolder = this.get(path).isDirectory();
    worded(() => (isFolder ? rmdirSync : unlinkSync)(this.#disk(path)));
  }

  mkdir(path: string): string {
    worded(() => mkdirSync(this.#disk(path)));
    return this.#virtual(path);
  }

  /** Replaces an existing file atomically. */
  rename(from: string, to: string): void {
    const faults = this.#context.faults();
    if (faults.strike('renameRefused')) throw new Error('Refused by a fault switch.');
    const exists = statSync(this.#disk(to), { throwIfNoEntry: false }) !== undefined;
    if (exists && faults.strike('replaceRefused')) throw new Error('The target exists.');
    worded(() => renameSync(this.#disk(from), this.#disk(to)));
  }

  /** Closes the files that a closed connection has left open. */
  closeAll(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  #open(path: string, flags: number): number {
    return worded(() => openSync(this.#disk(path), flags, 0o644));
  }

  #virtual(path: string): string {
    return posix.resolve('/', this.#cwd, path);
  }

  /** Clients cannot create symbolic links here, so it is enough to resolve `..` to keep them inside the folder. */
  #disk(path: string): string {
    return join(this.#context.root, this.#virtual(path));
  }
}

/**
 * Returns the data that ftp-srv reads from a file. The size is a text, because ftp-srv treats the number 0 as missing.
 */
function entryOf(name: string, stats: Stats) {
  const { mode, mtime, size, uid, gid } = stats;
  return { name, mode, mtime, uid, gid, size: String(size), isDirectory: () => stats.isDirectory() };
}

/** Removes the message of system errors, because it contains paths of this machine. */
function worded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new Error('No such file or folder.', { cause: error });
    if (code === 'EACCES' || code === 'EPERM') throw new Error('Permission denied.', { cause: error });
    throw new Error(`It failed (${code ?? 'unknown'}).`, { cause: error });
  }
}
