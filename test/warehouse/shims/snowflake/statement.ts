import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { chunksOf, type Chunk } from '../chunks.ts';
import { EngineError } from '../engine-error.ts';
import type { Engine, EngineResult } from '../engine.ts';
import type { FaultState } from '../faults.ts';
import { CANCELED, PartFailed, snowflakeError, timedOut, type SnowflakeError } from './errors.ts';
import { toDuck } from './sql.ts';
import { rowType, textOf, type Parameters, type RowType } from './values.ts';

export interface Work {
  sql: string;
  parameters: Parameters;
  /** Seconds; 0 and undefined: no limit. */
  timeout: number | undefined;
  /** False: NULL becomes the text "null". */
  nullable: boolean;
  partitionBytes: number;
  readOnly: boolean;
}

export interface Outcome {
  rowType: RowType[];
  numRows: number;
  /** The first has its rows alone; the others are whole bodies. */
  partitions: Chunk[];
}

/** A statement, from its submission on. */
export class Statement {
  readonly handle = randomUUID();
  readonly createdOn = Date.now();
  readonly settled: Promise<void>;
  outcome: Outcome | undefined;
  error: SnowflakeError | undefined;
  /** The statement exceeded its timeout. */
  late = false;
  /** Partitions that were not downloaded. */
  readonly unread = new Set<number>();
  /** A mistake in the shim, which must not look like an answer of the service. */
  bug: Error | undefined;
  private readonly controller = new AbortController();

  /** @param instead what it does, if not the work's SQL */
  constructor(engine: Engine, faults: FaultState, work: Work, instead?: () => Promise<Outcome>) {
    this.settled = this.work(engine, faults, work, instead);
  }

  /** True while it runs. */
  get running(): boolean {
    return !this.outcome && !this.error && this.bug === undefined;
  }

  /** Cancels it; afterwards its rows are no longer expected to be downloaded. */
  async cancel(): Promise<void> {
    if (this.running) this.controller.abort();
    await this.settled;
    this.unread.clear(); // it may have ended before the abort
  }

  private async work(
    engine: Engine,
    faults: FaultState,
    work: Work,
    instead?: () => Promise<Outcome>,
  ): Promise<void> {
    const { signal } = this.controller;
    const expire = () => {
      this.late = true;
      this.controller.abort();
    };
    const timer = work.timeout ? setTimeout(expire, work.timeout * 1000) : undefined;
    let result: EngineResult | undefined;
    try {
      if (instead) {
        this.outcome = await instead();
        return;
      }
      await sleep(faults.current.slow ?? 0, undefined, { signal });
      const timezone = work.parameters.TIMEZONE ?? 'America/Los_Angeles'; // the documented default
      result = await engine.run(toDuck(work.sql), { timezone, readOnly: work.readOnly }, signal);
      failAtRow(faults, result.count);
      this.outcome = await outcomeOf(result, work, faults.current.miscount ?? 0);
      this.outcome.partitions.forEach((_, index) => this.unread.add(index));
    } catch (error) {
      if (this.late) this.error = timedOut(work.timeout ?? 0);
      else if (signal.aborted) this.error = CANCELED;
      else if (error instanceof PartFailed) this.error = error.error;
      else if (error instanceof EngineError) this.error = snowflakeError(error);
      else this.bug = new Error('The statement failed in the shim', { cause: error });
    } finally {
      clearTimeout(timer);
      result?.close();
    }
  }
}

/** How answers name a statement. */
export const about = ({ handle }: Statement) => ({
  statementHandle: handle,
  statementStatusUrl: `/api/v2/statements/${handle}`,
});

function failAtRow(faults: FaultState, rows: number): void {
  const { failAtRow: row } = faults.current;
  if (row !== undefined && rows >= row) throw new EngineError('value', `value error at row ${row}`, 'abc');
}

async function outcomeOf(result: EngineResult, work: Work, miscount: number): Promise<Outcome> {
  const { columns } = result;
  if (columns.length === 0) return executed('status', 'Statement executed successfully.');
  const limit = Number(work.parameters.ROWS_PER_RESULTSET ?? 0) || result.count;
  const texts = columns.map((column) => {
    const text = textOf(column, work.parameters);
    return work.nullable ? text : `coalesce(${text}, 'null')`;
  });
  const partitions = await chunksOf(result.rows(texts, limit), work.partitionBytes, frame);
  const numRows = Math.min(limit, result.count) + miscount;
  return { rowType: columns.map(rowType), numRows, partitions };
}

/** Answers to requests for a partition have no metadata: "handling-responses", "Retrieving additional partitions". */
const frame = (index: number) => (index === 0 ? { open: '', close: '' } : { open: '{"data":[', close: ']}' });

/** The result of what is no query: one text. */
export async function executed(name: string, message: string): Promise<Outcome> {
  const rows = async function* () {
    yield [JSON.stringify([message])];
  };
  const size = { length: 16_777_216, byteLength: 16_777_216 };
  const column = { name, database: '', schema: '', table: '', type: 'text', scale: null } as const;
  return {
    rowType: [{ ...column, ...size, precision: null, nullable: false, collation: null }],
    numRows: 1,
    partitions: await chunksOf(rows(), 1 << 20, frame),
  };
}
