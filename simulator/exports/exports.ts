import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, toMoment } from '../clock.ts';
import type { Profiles } from '../contacts/profiles.ts';
import type { Faults } from '../faults.ts';
import { shaped } from '../http/body.ts';
import { invalid, notFound } from '../refusal.ts';
import { profileLines } from './profile-lines.ts';
import { dated, innerNameOf, NewExportBody, type StandardExport } from './standard-export.ts';
import { writeExport } from './write-file.ts';

const [HOUR, DAY] = [3_600_000, 86_400_000];

/** A file that an export wrote, or could not write. */
export interface ExportedFile {
  name: string;
  /** The export's moment, ISO 8601, UTC. */
  moment: string;
  /** The number of profiles in it. */
  profiles: number;
  /** Why there is no file. */
  errorMessage?: string;
}

/** A standard export with the files that it wrote, in their order. */
export interface ExportView extends StandardExport {
  files: ExportedFile[];
}

interface Entry extends ExportView {
  /** Profiles that changed after this number of changes are not exported yet. */
  exported: number;
  /** The next moment (milliseconds) at which it is written; `null`: only on demand. */
  due: number | null;
}

interface Parts {
  /** The folder on disk that SFTP and FTPS accounts see as `/`. */
  root: string;
  /** A folder for files that are being worked on. */
  spool: string;
  clock: Clock;
  faults: Faults;
  profiles: Profiles;
}

/** The standard exports of the profile table: every day by the clock, or on demand. One is written at a time. */
export class Exports {
  readonly #parts: Parts;
  readonly #entries = new Map<string, Entry>();
  /** The folders on disk that exports are written to. */
  readonly #folders = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  readonly #stopped = new AbortController();
  #writing: Promise<unknown> = Promise.resolve();

  /** @param interval milliseconds between two looks at the clock */
  constructor(parts: Parts, interval: number) {
    this.#parts = parts;
    this.#timer = setInterval(() => void this.writeDue(), interval);
  }

  all(): ExportView[] {
    return [...this.#entries.values()].map(viewOf);
  }

  /**
   * Sets up an export. The first daily file holds what changes from now on.
   * @throws Refusal 400 for a name that is taken or an unknown attribute.
   */
  add(body: unknown): ExportView {
    const fields = shaped(NewExportBody, body);
    const { clock, profiles } = this.#parts;
    if (this.#entries.has(fields.name)) throw invalid(`An export "${fields.name}" exists already.`);
    for (const name of Object.keys(fields.columns ?? {})) {
      if (!profiles.attribute(name)) throw invalid(`The table has no attribute "${name}".`);
    }
    const due = fields.hour === null ? null : nextAt(fields.hour, clock.now());
    const entry = { ...fields, files: [], exported: profiles.changes, due };
    this.#entries.set(entry.name, entry);
    this.#folders.add(join(this.#parts.root, entry.directory));
    return viewOf(entry);
  }

  /** Its files stay. @throws Refusal 404. */
  remove(name: string): void {
    this.#entries.delete(this.#get(name).name);
  }

  /** Writes an export now. @throws Refusal 404, or the reason why it cannot be written. */
  write(name: string): Promise<ExportedFile> {
    const entry = this.#get(name);
    const moment = this.#parts.clock.now();
    return this.#inTurn(async () => {
      const file = await this.#write(entry, moment);
      if (file.errorMessage !== undefined) throw new Error(file.errorMessage);
      return file;
    });
  }

  /** Writes what the clock has reached, for each day that passed; resolves when all of it is written. */
  async writeDue(): Promise<void> {
    const now = this.#parts.clock.now();
    const turns: { entry: Entry; moment: number }[] = [];
    for (const entry of this.#entries.values()) {
      for (; entry.due !== null && entry.due <= now; entry.due += DAY)
        turns.push({ entry, moment: entry.due });
    }
    turns.sort((a, b) => a.moment - b.moment);
    for (const { entry, moment } of turns) void this.#inTurn(() => this.#write(entry, moment));
    await this.#writing;
  }

  /** Empties the folders of all exports. */
  async clear(): Promise<void> {
    for (const folder of this.#folders) {
      const names = await readdir(folder).catch(() => []); // none was written yet
      for (const name of names) await rm(join(folder, name), { recursive: true, force: true });
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopped.abort();
    await this.#writing;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#writing.then(work);
    this.#writing = done.catch(() => undefined); // the caller's
    return done;
  }

  /** Never rejects; the record says what went wrong. */
  async #write(entry: Entry, moment: number): Promise<ExportedFile> {
    const { root, spool, faults, profiles } = this.#parts;
    const file: ExportedFile = { name: dated(entry.fileName, moment), moment: toMoment(moment), profiles: 0 };
    const path = join(root, entry.directory, file.name);
    const after = entry.kind === 'full' ? 0 : entry.exported;
    const reached = profiles.changes;
    try {
      this.#stopped.signal.throwIfAborted();
      await writeExport(profileLines(profiles, { columns: entry.columns, after }, file), {
        path,
        packing: entry.packing,
        innerName: dated(innerNameOf(entry), moment),
        spool,
        faults,
        signal: this.#stopped.signal,
      });
      entry.exported = reached;
    } catch (error) {
      file.errorMessage = error instanceof Error ? error.message : String(error);
    }
    entry.files.push(file);
    return file;
  }

  /** @throws Refusal 404. */
  #get(name: string): Entry {
    const entry = this.#entries.get(name);
    if (!entry) throw notFound(`The export "${name}"`);
    return entry;
  }
}

function viewOf({ exported: _exported, due: _due, files, ...fields }: Entry): ExportView {
  return { ...fields, files: [...files] };
}

/** The next moment after `now` (milliseconds) at that hour, UTC. */
function nextAt(hour: number, now: number): number {
  const today = Math.floor(now / DAY) * DAY + hour * HOUR;
  return today > now ? today : today + DAY;
}
