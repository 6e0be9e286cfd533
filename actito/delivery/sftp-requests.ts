import type { FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2';
import type { Progress } from './progress.ts';
import { ConnectionEnded, isStatus, ListTooLong, StatusError } from './sftp-failures.ts';

const END_OF_FILE = 1;
/** `f_flag` of a file system that is mounted read-only. */
const READ_ONLY = 1;

/** A file in a folder. Some servers do not report sizes. */
export interface Entry {
  name: string;
  size: number | undefined;
  /** In seconds since 1970. */
  modified?: number;
  /** Undefined if the server does not report it. */
  type?: 'file' | 'folder' | 'link' | 'other';
}

/** The server does not offer an extension of the protocol. */
export class NotOffered extends Error {}

/** The maximum size of a folder's list in memory, in bytes. */
const LIST_LIMIT = 32 * 1024 * 1024;
/** The memory that a name needs in addition to its characters. */
const PER_NAME = 128;

type Done<T> = (error: Error | null | undefined, value: T) => void;

/** The requests of an SFTP connection, as promises. Every wait for an answer is watched for progress. */
export class SftpRequests {
  readonly #sftp: SFTPWrapper;
  readonly #progress: Progress;

  constructor(sftp: SFTPWrapper, progress: Progress) {
    this.#sftp = sftp;
    this.#progress = progress;
  }

  open(path: string, mode: 'w' | 'r' = 'w'): Promise<Buffer> {
    return this.#ask((done) => this.#sftp.open(path, mode, done));
  }

  /** Reads into a buffer, and returns the number of bytes: 0 at the end of the file. */
  read(handle: Buffer, into: Buffer, position: number): Promise<number> {
    return this.#ask((done) => this.#sftp.read(handle, into, 0, into.length, position, done));
  }

  write(handle: Buffer, packet: Buffer, position: number): Promise<void> {
    return this.#ask((done) => this.#sftp.write(handle, packet, 0, packet.length, position, done));
  }

  close(handle: Buffer): Promise<void> {
    return this.#ask((done) => this.#sftp.close(handle, done));
  }

  stat(path: string): Promise<Stats> {
    return this.#ask((done) => this.#sftp.stat(path, done));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#ask((done) => this.#sftp.rename(from, to, done));
  }

  /** Renames a file and replaces an existing one in one step. @throws NotOffered */
  posixRename(from: string, to: string): Promise<void> {
    return this.#ask((done) => offered(() => this.#sftp.ext_openssh_rename(from, to, done)));
  }

  unlink(path: string): Promise<void> {
    return this.#ask((done) => this.#sftp.unlink(path, done));
  }

  /**
   * Lists all files of a folder in pieces. Each piece is progress, so only this limit ends an endless list.
   * @throws ListTooLong
   */
  async list(folder: string): Promise<Entry[]> {
    const handle = await this.#ask<Buffer>((done) => this.#sftp.opendir(folder, done));
    let entries: Entry[];
    try {
      entries = await this.#listed(handle);
    } catch (error) {
      // A connection that has ended closes its handles itself.
      if (!(error instanceof ConnectionEnded)) await this.close(handle).catch(() => undefined); // the first error says more
      throw error;
    }
    await this.close(handle);
    return entries;
  }

  async #listed(handle: Buffer): Promise<Entry[]> {
    const entries: Entry[] = [];
    let left = LIST_LIMIT;
    for (;;) {
      const piece = await this.#ask<FileEntryWithStats[]>((done) => this.#sftp.readdir(handle, done)).catch(
        (error: unknown) => {
          if (isStatus(error, END_OF_FILE)) return undefined;
          throw error;
        },
      );
      if (piece === undefined || piece.length === 0) return entries; // some servers end the list like this
      for (const { filename, attrs } of piece) {
        left -= filename.length + PER_NAME;
        entries.push({ name: filename, size: attrs.size, modified: attrs.mtime, type: typeOf(attrs.mode) });
      }
      if (left < 0) throw new ListTooLong();
    }
  }

  /** Returns the result of `statvfs` for a folder. @throws NotOffered */
  async fileSystem(folder: string): Promise<{ isFull: boolean; isReadOnly: boolean }> {
    const told = await this.#ask<Record<'f_bavail' | 'f_files' | 'f_favail' | 'f_flag', number | bigint>>(
      (done) => offered(() => this.#sftp.ext_openssh_statvfs(folder, done as Done<unknown>)),
    );
    const lacksFiles = Number(told.f_files) > 0 && Number(told.f_favail) === 0;
    return {
      isFull: Number(told.f_bavail) === 0 || lacksFiles,
      isReadOnly: (Number(told.f_flag) & READ_ONLY) !== 0,
    };
  }

  #ask<T>(request: (done: Done<T>) => void): Promise<T> {
    return this.#progress.during(
      () =>
        new Promise<T>((resolve, reject) => {
          request((error, value) => (error ? reject(statusOf(error)) : resolve(value)));
        }),
    );
  }
}

/** The type of a file in its mode, https://man7.org/linux/man-pages/man7/inode.7.html */
const TYPE = 0o170000;
const TYPES: Record<number, Entry['type']> = { 0o100000: 'file', 0o040000: 'folder', 0o120000: 'link' };

function typeOf(mode: number | undefined): Entry['type'] {
  if (mode === undefined || (mode & TYPE) === 0) return undefined; // some servers send permissions only
  return TYPES[mode & TYPE] ?? 'other';
}

/** Only an answer has a numeric code; other errors mean that the connection is gone. */
function statusOf(error: Error & { code?: unknown }): Error {
  return typeof error.code === 'number'
    ? new StatusError(error.code, error.message)
    : new ConnectionEnded(error);
}

/** ssh2 throws immediately if it knows that the server lacks an extension. */
function offered(request: () => void): void {
  try {
    request();
  } catch {
    throw new NotOffered('an extension that the server does not offer');
  }
}
