import { statSync, unlinkSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, toMoment } from '../clock.ts';
import type { Column } from '../contacts/column.ts';
import type { Profiles } from '../contacts/profiles.ts';
import { READ_CHUNK, readCsv } from '../csv.ts';
import type { Faults } from '../faults.ts';
import type { Licence } from '../licence.ts';
import type { FileTransfer } from './file-transfer.ts';
import { Members } from './members.ts';
import type { TargetList, TargetLists } from './target-lists.ts';

const HOUR = 3_600_000;

interface Parts {
  /** The location's directory on disk. */
  directory: string;
  clock: Clock;
  licence: Licence;
  faults: Faults;
  profiles: Profiles;
  fileTransfer: FileTransfer;
  lists: TargetLists;
}

/** Actito's regular check of the file transfer location, which can also be requested. */
export class Poller {
  readonly #parts: Parts;
  readonly #timer: NodeJS.Timeout;
  readonly #stopped = new AbortController();
  #polling: Promise<void> = Promise.resolve();
  #waiting = 0;
  /** The file that was last found for each list, to recognize it if files are not removed. */
  readonly #lastSeen = new WeakMap<TargetList, string>();

  constructor(parts: Parts, interval: number) {
    this.#parts = parts;
    this.#timer = setInterval(() => {
      if (this.#waiting === 0) void this.pollNow();
    }, interval);
  }

  /** Checks for the files of all lists now; resolves when they have been read. */
  pollNow(): Promise<void> {
    this.#waiting += 1;
    this.#polling = this.#polling.then(() => this.#poll()).finally(() => (this.#waiting -= 1));
    return this.#polling;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopped.abort();
    await this.#polling;
  }

  async #poll(): Promise<void> {
    if (this.#parts.faults.strike('pollerStopped')) return;
    for (const list of this.#parts.lists.all()) {
      if (this.#stopped.signal.aborted) return;
      await this.#look(list);
    }
  }

  /** Replaces the list's content with its file's, if there is one. On an error, changes nothing and reports it. */
  async #look(list: TargetList): Promise<void> {
    const { directory, clock, fileTransfer } = this.#parts;
    const name = fileTransfer.synchronization(list.fileSynchronizationId).fileName;
    const path = join(directory, name);
    const found = { lines: 0, members: new Members() };
    let errorMessage: string | undefined;
    try {
      if (!(await this.#retrieve(path, list, found))) return;
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      errorMessage = error instanceof Error ? error.message : String(error);
    }
    const now = clock.now();
    list.lastRetrievedFile = { name, retrievedMoment: toMoment(now), lines: found.lines, errorMessage };
    if (errorMessage !== undefined) return;
    list.members = found.members;
    list.expires = now + list.validityHours * HOUR;
  }

  /**
   * Reads the file in its current state, even while it grows, and removes it if the license does so.
   * @returns whether there was a file that this list has not read before.
   */
  async #retrieve(path: string, list: TargetList, found: { lines: number; members: Members }) {
    const { licence } = this.#parts;
    const { headers, column } = this.#identifiersOf(list);
    const file = await openIfThere(path);
    if (!file) return false;
    const { ino, ctimeNs, size } = await file.stat({ bigint: true });
    const seen = [path, ino, ctimeNs, size].join();
    if (!licence.fileDisappears && this.#lastSeen.get(list) === seen) {
      await file.close();
      return false;
    }
    this.#lastSeen.set(list, seen);
    let headed = false;
    try {
      const onRecord = (fields: readonly string[]) => {
        if (headed) {
          found.lines += 1;
          const id = column.find(fields[0]!);
          if (id !== undefined) found.members.add(id);
        } else headed = fields.length === 1 && headers.includes(fields[0]!);
        if (!headed) throw new Error(`The header line is not ${headers.join(' or ')}.`);
      };
      await readCsv(chunksOf(file), ';', onRecord, this.#stopped.signal);
      if (!headed) throw new Error('The file is empty.');
    } finally {
      // A newer file that replaced this one while it was read stays for the next check. The file is still open, so its
      // inode number cannot be reused yet.
      const isStillThere = statSync(path, { throwIfNoEntry: false, bigint: true })?.ino === ino;
      if (licence.fileDisappears && isStillThere) unlinkSync(path);
      await file.close();
    }
    return true;
  }

  /** The header lines that the list's file may have, and the column that its lines are looked up in. */
  #identifiersOf({ identifierAttribute }: TargetList): { headers: string[]; column: Column } {
    const { profiles, licence } = this.#parts;
    if (licence.listIdentifiers === 'uniqueAttribute') {
      return { headers: [identifierAttribute], column: profiles.column(identifierAttribute)! };
    }
    const headers = [...new Set(['profileId', identifierAttribute])];
    return { headers, column: profiles.column('profileId')! };
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Yields the chunks of an open file. The file stays open, whatever happens to the stream. */
async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_CHUNK.highWaterMark));
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}
