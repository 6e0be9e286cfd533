import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { Column } from '../activation/values/kinds.ts';
import { dropForgotten } from './forgotten/drop-from-stage.ts';
import { fenced, type Fence } from './runs/lease.ts';
import { stageTable } from './names.ts';
import { readRun } from './runs/runs.ts';
import { startOver } from './settle/settle.ts';
import type { GuardTrip } from '../activation/guards.ts';
import { rows, withConnection, type State } from './state.ts';

/** What an extraction found out besides the rows in the stage. */
export interface Extraction {
  columns: Column[];
  fingerprint: string;
  /** Rows read, and rows rejected, in all and by reason. */
  read: number;
  rejected: number;
  /** Rows of people who asked to be forgotten. */
  forgotten: number;
  reasons: Record<string, number>;
  /** Guards on the warehouse that hold the run. */
  guards: GuardTrip[];
}

/** SQL that makes a stage for so many mapped attributes; a crash of PostgreSQL leaves it empty. */
export function createStage(stage: string, attributes: number): string {
  const values = valueColumns(attributes).map((column) => `, ${column} text`);
  return `
    create unlogged table ${stage} (key text collate "C", identifier text collate "C", hashes bytea ${values.join('')})
    with (autovacuum_enabled = false)`;
}

/** Values of a stage: one text column per mapped attribute, in the order of the mapping. */
export function valueColumns(attributes: number): string[] {
  return Array.from({ length: attributes }, (_, index) => `c${index + 1}`);
}

/**
 * Starts an extraction: from now on only its stage counts, so that an attempt which was given up, and still runs,
 * can no longer finish. Rejects of earlier attempts are forgotten; what a lost stage's plan has done is settled.
 */
export async function beginExtraction(state: State, fence: Fence): Promise<string> {
  const extraction = randomUUID();
  await fenced(state, fence, async (trx) => {
    // First of all: it waits for what an attempt of the former plan is just writing.
    await trx.raw('update runs set extraction = :extraction, stage = null where no = :run', {
      extraction,
      run: fence.run,
    });
    if ((await readRun(trx, fence.run)).plan) await startOver(trx, fence.run);
    await trx.raw(`delete from rejects where run = ? and stage = 'extract'`, [fence.run]);
  });
  return extraction;
}

/**
 * Fills the extraction's stage from `lines` (COPY text: key, identifier, hashes, values) in one transaction, so
 * that a stage exists whole or not at all. Who asked to be forgotten is not in it.
 * @returns the number of rows, and how many were left out
 */
export async function fillStage(
  state: State,
  run: string,
  extraction: string,
  attributes: number,
  lines: Readable,
  signal: AbortSignal,
): Promise<{ staged: number; forgotten: number }> {
  const stage = stageTable(run, extraction);
  return withConnection(state, async (client) => {
    await client.query('begin');
    await client.query(createStage(stage, attributes));
    const sink = client.query(copyFrom(`copy ${stage} from stdin with (freeze)`));
    await pipeline(lines, sink, { signal });
    const forgotten = await dropForgotten((sql) => client.query(sql), stage);
    await client.query('commit');
    return { staged: sink.rowCount - forgotten, forgotten };
  });
}

/** Makes a filled stage the run's, unless another attempt has begun since. */
export async function finishExtraction(
  state: State,
  fence: Fence,
  extraction: string,
  found: Extraction,
): Promise<void> {
  await fenced(state, fence, async (trx) => {
    const [current] = await rows(
      trx,
      `update runs set stage = :stage, columns = :columns, fingerprint = :fingerprint,
              counts = (counts - 'forgotten') || :counts, rejected = :reasons, source_guards = :guards, plan = null
       where no = :run and extraction = :extraction returning no`,
      {
        run: fence.run,
        extraction,
        stage: stageTable(fence.run, extraction),
        columns: JSON.stringify(found.columns),
        fingerprint: found.fingerprint,
        counts: JSON.stringify(countsOf(found)),
        reasons: JSON.stringify(found.reasons),
        guards: JSON.stringify(found.guards),
      },
    );
    if (!current) throw new Error('Another attempt of this extraction has begun; this one is given up.');
  });
}

/** What is counted of an extraction; `forgotten` only when there are any, as nearly nobody has them. */
export function countsOf({ read, rejected, forgotten }: Pick<Extraction, 'read' | 'rejected' | 'forgotten'>) {
  return { read, rejected, ...(forgotten > 0 ? { forgotten } : {}) };
}
