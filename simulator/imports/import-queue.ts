import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, toDay } from '../clock.ts';
import type { Profiles } from '../contacts/profiles.ts';
import type { Faults } from '../faults.ts';
import { notFound, Refusal } from '../refusal.ts';
import { importRows, type RowCounts } from './import-rows.ts';
import type { ImportJob } from './job.ts';
import type { Upload } from './receive-upload.ts';

/** An accepted import. */
export interface ImportRecord {
  id: string;
  job: ImportJob;
  upload: Upload;
  /** The attributes in its file; before an ETL has begun, the possible ones. */
  columns: string[];
  /** Milliseconds since the epoch. */
  created: number;
  status: 'PENDING' | 'RUNNING' | 'SUCCESS' | 'WITH_ERROR' | 'FAILED';
  /** Why it failed. */
  message?: string;
  /** Set when the import has ended, unless it failed. */
  rows?: RowCounts;
}

interface Parts {
  /** A folder for temporary files. */
  spool: string;
  clock: Clock;
  faults: Faults;
  profiles: Profiles;
  nextId: () => string;
}

/** See SimulatorOptions. */
interface Limits {
  importDelay: number;
  importsPerTablePerDay: number;
}

/** The imports of a license. One import runs at a time, the others wait in order. */
export class ImportQueue {
  readonly #parts: Parts;
  readonly #limits: Limits;
  readonly #stopped = new AbortController();
  readonly #records = new Map<string, ImportRecord>();
  #running: Promise<void> = Promise.resolve();

  constructor(parts: Parts, limits: Limits) {
    this.#parts = parts;
    this.#limits = limits;
  }

  all(): ImportRecord[] {
    return [...this.#records.values()];
  }

  /** @throws Refusal 404. */
  get(id: string): ImportRecord {
    const record = this.#records.get(id);
    if (!record) throw notFound(`Import ${id}`);
    return record;
  }

  /** Returns the imports whose data file has this name, in the order of arrival. */
  ofFile(name: string): ImportRecord[] {
    return this.all().filter(({ upload }) => upload.fileName === name);
  }

  /** Returns a new path for the folder of an upload. */
  newUpload(): string {
    return join(this.#parts.spool, `upload-${this.#parts.nextId()}`);
  }

  /** Returns the path of the CSV with the rows in error of an ended import. */
  rowsInErrorOf(record: ImportRecord): string {
    return join(this.#parts.spool, `rows-in-error-${record.id}.csv`);
  }

  /**
   * Takes ownership of a received file, and queues its import.
   * @throws Refusal 429 when the table has reached its number of imports per day.
   */
  add(job: ImportJob, upload: Upload): ImportRecord {
    const created = this.#parts.clock.now();
    const today = this.all().filter(
      (each) => each.job.tableId === job.tableId && toDay(each.created) === toDay(created),
    );
    if (today.length >= this.#limits.importsPerTablePerDay) {
      throw new Refusal(429, `This table has had its ${today.length} imports of the day.`);
    }
    const id = this.#parts.nextId();
    const record: ImportRecord = { id, job, upload, columns: job.attributes, created, status: 'PENDING' };
    this.#records.set(id, record);
    this.#running = this.#running.then(() => this.#run(record));
    return record;
  }

  /** Stops the running import immediately, and removes those in the queue. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(record: ImportRecord): Promise<void> {
    const { faults, profiles } = this.#parts;
    const { signal } = this.#stopped;
    try {
      signal.throwIfAborted();
      record.status = 'RUNNING';
      if (faults.strike('importsStuck')) await faults.switchedOff('importsStuck', signal);
      await delay(this.#limits.importDelay, undefined, { signal });
      record.rows = await importRows(record, this.rowsInErrorOf(record), { profiles, faults, signal });
      record.status = record.rows.inError > 0 ? 'WITH_ERROR' : 'SUCCESS';
    } catch (error) {
      record.status = 'FAILED';
      record.message = error instanceof Error ? error.message : String(error);
    } finally {
      await rm(record.upload.folder, { recursive: true, force: true });
    }
  }
}
