import type { Knex } from 'knex';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { valueColumns } from '../../activation/comparison/delta-format.ts';
import { withoutForgotten } from '../../activation/comparison/forgotten-records.ts';
import type { ForgottenKeys } from '../forgotten/forgotten-keys.ts';
import { HOLD_WISHES } from '../forgotten/lock.ts';
import { deltaTable } from '../names.ts';
import { dropUnlessBusy } from '../runs/close.ts';
import { fenced, oneAtATime, type Fence } from '../runs/lease.ts';
import { rows, withConnection, type State } from '../state.ts';
import { OUR_SETTINGS } from '../transactions.ts';

/**
 * The maximum size of a transaction in bytes. Nothing is open while the warehouse works, and little remains for the
 * end.
 */
const BATCH = 2_000_000;

/**
 * Begins an attempt to compare. Each attempt has its own delta, which becomes the run's only when it is published. An
 * abandoned attempt that continues fills another table.
 * @returns the number of the attempt
 */
export async function beginAttempt(state: State, fence: Fence, attributes: number): Promise<number> {
  return fenced(state, fence, async (trx) => {
    await oneAtATime(trx, fence.run); // nothing is published meanwhile
    const [row] = await rows<{ attempts: number }>(
      trx,
      'update runs set attempts = attempts + 1 where no = ? returning attempts',
      [fence.run],
    );
    const attempt = row!.attempts;
    await dropOlder(trx, fence.run, attempt);
    // What an earlier attempt rejected may be correct now. After publication, the rejects of that delta are kept.
    await trx.raw(
      `delete from rejects using runs
       where run = :run and no = run and stage = 'extract' and delta is null`,
      { run: fence.run },
    );
    const columns = ['like delta', ...valueColumns(attributes).map((column) => `${column} text`)];
    await trx.raw(
      `create table ${deltaTable(fence.run, attempt)} (${columns.join(', ')}) with (autovacuum_enabled = false)`,
    );
    return attempt;
  });
}

/**
 * Drops the deltas of earlier attempts, except for the last one, which may still be running. Otherwise a source that
 * fails again and again would fill the disk. Published tables and tables in use are dropped when the run closes.
 */
async function dropOlder(trx: Knex, run: string, attempt: number): Promise<void> {
  const left = await rows<{ name: string }>(
    trx,
    `select relname as name from pg_class, runs
     where relnamespace = current_schema()::regnamespace and relkind = 'r' and no = :run and delta is null
       and relname ~ :pattern and cast(substring(relname from '[0-9]+$') as integer) < :attempt - 1`,
    { run, attempt, pattern: `^delta_${run}_[0-9]+$` },
  );
  for (const { name } of left) await dropUnlessBusy(trx, name);
}

const BEGIN = `begin; ${OUR_SETTINGS}; ${HOLD_WISHES}`;

/** The header of a binary COPY: a signature, no flags, no extension. */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
/** The end of a binary COPY: no fields. */
const TRAILER = Buffer.from([0xff, 0xff]);

/**
 * A header and records up to the size of a batch. The buffer is reused, because V8 frees a buffer per batch too late.
 */
class Batch {
  #bytes = Buffer.from(HEADER);
  #filled = HEADER.length;

  get isEmpty(): boolean {
    return this.#filled === HEADER.length;
  }

  /** The records; valid until more are added. */
  get records(): Buffer {
    return this.#bytes.subarray(HEADER.length, this.#filled);
  }

  /** The records with the header. */
  get content(): Buffer {
    return this.#bytes.subarray(0, this.#filled);
  }

  hasRoomFor(more: number): boolean {
    return this.isEmpty || this.#filled + more <= BATCH;
  }

  add(records: Buffer): void {
    const needed = this.#filled + records.length;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, Math.min(BATCH, 2 * this.#bytes.length)));
      this.#bytes.copy(larger, 0, 0, this.#filled);
      this.#bytes = larger;
    }
    this.#filled += records.copy(this.#bytes, this.#filled);
  }

  empty(): void {
    this.#filled = HEADER.length;
  }
}

/**
 * Fills a delta with records of binary COPY, in transactions of a few megabytes. One is filled while another is
 * written. Someone may ask to be forgotten after their row was compared. So each transaction prevents such wishes from
 * being recorded meanwhile, and drops the records of earlier ones.
 */
export class DeltaWriter {
  rows = 0;
  /** Forgotten people whose records were dropped here, except for members: see withoutForgotten. */
  forgotten = 0;
  readonly #state: State;
  readonly #table: string;
  readonly #forgotten: ForgottenKeys;
  /** Someone has asked since the comparison began, so any record may have been compared before that. */
  #mustFilter = false;
  #filling = new Batch();
  #spare = new Batch();
  #writing: Promise<void> | undefined;

  /** @param forgotten the forgotten people. The comparison uses the same set, so it also sees the ones added here */
  constructor(state: State, table: string, forgotten: ForgottenKeys) {
    this.#state = state;
    this.#table = table;
    this.#forgotten = forgotten;
  }

  /** Writes whole records; they are copied. */
  async write(records: Buffer): Promise<void> {
    if (records.length === 0) return;
    if (!this.#filling.hasRoomFor(records.length)) await this.#flush();
    this.#filling.add(records);
    // Without this, rows that are already there would keep this process from reading the answers of the state database,
    // and the server would wait half of the time.
    if (this.#writing) await setImmediate();
  }

  /** Resolves once everything is written. */
  async end(): Promise<void> {
    await this.#flush();
    await this.#writing;
  }

  async #flush(): Promise<void> {
    await this.#writing;
    if (this.#filling.isEmpty) return;
    const batch = this.#filling;
    this.#filling = this.#spare;
    this.#spare = batch;
    const writing = this.#copy(batch);
    this.#writing = writing;
    writing.then(
      () => (this.#writing = undefined),
      () => undefined, // the next caller that waits for it gets the error
    );
  }

  async #copy(batch: Batch): Promise<void> {
    await withConnection(this.#state, async (client) => {
      if (await this.#forgotten.readNew(client, BEGIN)) this.#mustFilter = true;
      const content = this.#mustFilter ? this.#wanted(batch.records) : batch.content;
      const sink = client.query(copyFrom(`copy ${this.#table} from stdin (format binary); commit`));
      await pipeline(Readable.from([content, TRAILER], { objectMode: false }), sink);
      this.rows += sink.rowCount;
    });
    batch.empty();
  }

  /** Records without those of forgotten people, with a header. */
  #wanted(records: Buffer): Buffer {
    const { kept, nonMembers } = withoutForgotten(records, this.#forgotten);
    this.forgotten += nonMembers;
    return Buffer.concat([HEADER, kept]);
  }
}
