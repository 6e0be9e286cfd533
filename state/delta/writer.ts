import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { from as copyFrom } from 'pg-copy-streams';
import { valueColumns } from '../../activation/comparison/delta-lines.ts';
import { deltaTable } from '../names.ts';
import { fenced, type Fence } from '../runs/lease.ts';
import { rows, withConnection, type State } from '../state.ts';

/** A transaction holds at most so many bytes: nothing is open while the warehouse thinks, and little is lost. */
const BATCH = 4_000_000;

/**
 * Begins an attempt of a run to compare: from now on it has a delta of its own, which becomes the run's only when it is
 * published. An attempt that was given up, and still goes on, fills another one.
 * @returns the number of the attempt
 */
export async function beginAttempt(state: State, fence: Fence, attributes: number): Promise<number> {
  return fenced(state, fence, async (trx) => {
    const [row] = await rows<{ attempts: number }>(
      trx,
      'update runs set attempts = attempts + 1 where no = ? returning attempts',
      [fence.run],
    );
    const attempt = row!.attempts;
    // What an earlier attempt rejected may be right by now; once a delta is published, its rejects stand.
    await trx.raw(
      `delete from rejects using runs
       where run = :run and no = run and stage = 'extract' and delta is null`,
      { run: fence.run },
    );
    await trx.raw(
      `create table ${deltaTable(fence.run, attempt)} (like delta, ${valueColumns(attributes)
        .map((column) => `${column} text`)
        .join(', ')}) with (autovacuum_enabled = false)`.replace(', )', ')'),
    );
    return attempt;
  });
}

/** Fills a delta with lines of COPY text, in transactions of a few megabytes; the next is filled while one is written. */
export class DeltaWriter {
  rows = 0;
  readonly #state: State;
  readonly #table: string;
  #batch: Buffer[] = [];
  #bytes = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(state: State, table: string) {
    this.#state = state;
    this.#table = table;
  }

  /** @param lines whole lines; they must not change afterwards */
  async write(lines: Buffer): Promise<void> {
    if (lines.length === 0) return;
    this.#batch.push(lines);
    this.#bytes += lines.length;
    if (this.#bytes >= BATCH) await this.#flush();
  }

  /** Resolves once everything is written. */
  async end(): Promise<void> {
    await this.#flush();
    await this.#writing;
  }

  async #flush(): Promise<void> {
    await this.#writing;
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    this.#bytes = 0;
    this.#writing = this.#copy(batch);
    this.#writing.catch(() => undefined); // whoever waits for it next hears of it
  }

  async #copy(batch: Buffer[]): Promise<void> {
    await withConnection(this.#state, async (client) => {
      const sink = client.query(copyFrom(`copy ${this.#table} from stdin`));
      await pipeline(Readable.from(batch, { objectMode: false }), sink);
      this.rows += sink.rowCount;
    });
  }
}
