import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { chunksOf, type Chunk } from '../chunks.ts';
import { EngineError } from '../engine-error.ts';
import type { Engine, EngineResult } from '../engine.ts';
import type { FaultState } from '../faults.ts';
import { databricksError, tooLargeForInline, type Failure } from './errors.ts';
import type { Submission } from './request.ts';
import { toDuck } from './sql.ts';
import { columnInfo, textOf, type ColumnInfo } from './values.ts';

/** "Statements with disposition=INLINE are limited to 25 MiB". */
const INLINE_BYTES = 25 << 20;

type State = 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELED' | 'CLOSED';

export interface Outcome {
  columns: ColumnInfo[];
  chunks: Chunk[];
  totalRows: number;
  truncated: boolean;
}

/** A statement, from its submission on. */
export class Statement {
  readonly id = randomUUID();
  readonly settled: Promise<void>;
  readonly submission: Submission;
  state: State = 'PENDING';
  failure: Failure | undefined;
  outcome: Outcome | undefined;
  /** Chunks that were not downloaded. */
  readonly unread = new Set<number>();
  /** A mistake in the shim, which must not look like an answer of the service. */
  bug: Error | undefined;
  private readonly controller = new AbortController();

  constructor(engine: Engine, faults: FaultState, submission: Submission, options: StatementOptions) {
    this.submission = submission;
    this.settled = this.work(engine, faults, options);
  }

  get running(): boolean {
    return this.state === 'PENDING' || this.state === 'RUNNING';
  }

  /** Cancels it if it runs; otherwise its result can no longer be fetched. */
  async cancel(): Promise<void> {
    this.unread.clear();
    if (this.state === 'SUCCEEDED') this.state = 'CLOSED';
    this.controller.abort();
    await this.settled;
    this.unread.clear(); // it may have ended before the abort
  }

  private async work(engine: Engine, faults: FaultState, options: StatementOptions): Promise<void> {
    const { statement, parameters, disposition } = this.submission;
    const { signal } = this.controller;
    let result: EngineResult | undefined;
    try {
      await Promise.resolve(); // the answer to an asynchronous submission has the state PENDING
      this.state = 'RUNNING';
      await sleep(faults.current.slow ?? 0, undefined, { signal });
      const sql = toDuck(statement, parameters);
      const count = await engine.count(sql);
      if (count !== 1) throw new EngineError('syntax', `${count} statements`, ';');
      result = await engine.run(sql, { timezone: 'UTC', readOnly: options.readOnly }, signal);
      const { failAtRow: row } = faults.current;
      if (row !== undefined && result.count >= row) {
        throw new EngineError('value', `value error at row ${row}`, 'abc');
      }
      const outcome = await outcomeOf(
        result,
        this.submission,
        options.chunkBytes,
        faults.current.miscount ?? 0,
      );
      if (signal.aborted) throw new EngineError('canceled', 'canceled');
      const bytes = outcome.chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
      if (disposition === 'INLINE' && bytes > INLINE_BYTES) {
        this.state = 'FAILED';
        this.failure = tooLargeForInline();
        return;
      }
      this.outcome = outcome;
      outcome.chunks.forEach((_, index) => this.unread.add(index));
      this.state = 'SUCCEEDED';
    } catch (error) {
      this.state = signal.aborted ? 'CANCELED' : 'FAILED';
      if (signal.aborted) return;
      if (error instanceof EngineError) this.failure = databricksError(error);
      else this.bug = new Error('The statement failed in the shim', { cause: error });
    } finally {
      result?.close();
    }
  }
}

interface StatementOptions {
  chunkBytes: number;
  readOnly: boolean;
}

async function outcomeOf(
  result: EngineResult,
  { row_limit: rowLimit = Infinity, byte_limit: byteLimit = Infinity }: Submission,
  chunkBytes: number,
  miscount: number,
): Promise<Outcome> {
  const columns = result.columns.map(columnInfo);
  // Both real recordings and the reference have no chunk for a result without rows.
  if (result.count === 0) return { columns, chunks: [], totalRows: miscount, truncated: false };
  const limited = upTo(result.rows(result.columns.map(textOf), rowLimit), byteLimit);
  const chunks = await chunksOf(limited, chunkBytes, () => ({ open: '[', close: ']' }));
  const sent = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
  return { columns, chunks, totalRows: sent + miscount, truncated: sent < result.count };
}

/** Rows until their bytes exceed the limit. */
async function* upTo(batches: AsyncIterable<string[]>, limit: number): AsyncIterable<string[]> {
  let bytes = 0;
  for await (const batch of batches) {
    const rest = batch.findIndex((row) => (bytes += Buffer.byteLength(row)) > limit);
    yield rest < 0 ? batch : batch.slice(0, rest);
    if (rest >= 0) return;
  }
}
