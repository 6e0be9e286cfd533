import type { Knex } from 'knex';
import { keyMark } from '../../activation/comparison/marks.ts';
import { withoutForgotten } from '../forgotten/rejects.ts';
import { resultTable, sharedTable } from '../names.ts';
import { fenced, oneAtATime, type Fence } from '../runs/lease.ts';
import { readRun, type PlannedRun, type Run } from '../runs/runs.ts';
import { rows, type State } from '../state.ts';
import { setRefusedAside, type RefusedValues } from './again.ts';
import { chunkRowsSql, readChunk } from './chunks.ts';
import { partLost } from './parts.ts';

/** A member whose row Actito did not apply. */
export interface RowResult {
  key: string;
  outcome: 'refused' | 'unmatched';
  reason: string;
  /** The attributes for which the row was rejected and that can be left out. */
  attributes?: string[];
  /** Actito's own text, if it is not a code. */
  said?: string;
}

/**
 * One attempt to read which rows of an import are in error. A newer attempt, or a result, ends it: an abandoned attempt
 * that continues must not delete or mix what the next one reads.
 */
export interface Reading {
  import: string;
  chunk: number;
  no: number;
}

/**
 * Begins to read the row results of an import from the start. Deletes the results of an earlier reading, which have had
 * no effect yet.
 * @throws Failure ImportPending if another attempt has recorded the result of the import
 */
export async function beginReading(state: State, fence: Fence, id: string): Promise<Reading> {
  return fenced(state, fence, async (trx) => {
    const [begun] = await rows<Reading>(
      trx,
      `update import_parts set reading = reading + 1 where import = :id and run = :run and result is null
       returning import, chunk, reading as no`,
      { id, run: fence.run },
    );
    if (!begun) throw partLost();
    await deleteResults(trx, fence.run, begun.chunk);
    return begun;
  });
}

/** Deletes what a reading has stored. @throws Failure ImportPending if the reading is over */
export async function forgetReading(state: State, fence: Fence, reading: Reading): Promise<void> {
  await fenced(state, fence, async (trx) => {
    await requireReading(trx, fence.run, reading);
    await deleteResults(trx, fence.run, reading.chunk);
  });
}

async function deleteResults(trx: Knex, run: string, chunk: number): Promise<void> {
  await trx.raw(`delete from ${resultTable(run)} where chunk = ?`, [chunk]);
}

/** Until the transaction ends, no other reading begins and no result is recorded. @throws Failure ImportPending */
async function requireReading(trx: Knex, run: string, reading: Reading): Promise<void> {
  const current = await rows(
    trx,
    `select from import_parts
     where import = :id and run = :run and result is null and reading = :no for share`,
    { id: reading.import, run, no: reading.no },
  );
  if (current.length === 0) throw partLost();
}

/**
 * Stores a batch of row results. Results about members to whom the run sends nothing are not kept: the answer may be
 * about other people. Nothing follows from results before the whole answer is accepted, see {@link applyResults}.
 *
 * A row can be rejected several times, also in several batches. It is sent again only if every rejection names
 * attributes, without all of them.
 * `seeds` are those of the activation's key marks.
 * @throws Failure ImportPending if the reading is over
 */
export async function storeResults(
  state: State,
  fence: Fence,
  reading: Reading,
  seeds: readonly [bigint, bigint],
  told: RowResult[],
): Promise<void> {
  await fenced(state, fence, async (trx) => {
    await requireReading(trx, fence.run, reading);
    const results = await ownResults(trx, fence.run, seeds, told);
    await trx.raw(
      `insert into ${resultTable(fence.run)} as former (mark, chunk, outcome, reason, said, named)
       select mark, :chunk, max(outcome), (array_agg(reason ${STRONGEST}))[1], (array_agg(said ${STRONGEST}))[1],
              case max(outcome) when 'again' then jsonb_object_agg(name, reason order by reason) filter (where name is not null) end
       from unnest(cast(:marks as uuid[]), cast(:outcomes as text[]), cast(:reasons as text[]), cast(:said as text[]),
                   cast(:attributes as text[])) as r (mark, outcome, reason, said, names)
       left join jsonb_array_elements_text(cast(names as jsonb)) as named (name) on true
       group by mark
       on conflict (mark) do update
         set chunk = excluded.chunk, outcome = excluded.outcome, reason = excluded.reason, said = excluded.said,
             named = case former.chunk when excluded.chunk then former.named || excluded.named else excluded.named end
       where former.outcome = 'again' or (former.chunk = excluded.chunk and former.outcome < excluded.outcome)`,
      {
        chunk: reading.chunk,
        marks: results.map(({ key }) => keyMark(key, seeds)),
        outcomes: results.map((row) => (isAgain(row) ? 'again' : row.outcome)),
        reasons: results.map(({ reason }) => reason),
        said: results.map(({ said }) => said?.replaceAll('\0', '') ?? null),
        attributes: results.map((row) => (isAgain(row) ? JSON.stringify(row.attributes) : null)),
      },
    );
  });
}

/** SQL: if there are several results of a row, the last outcome in this order applies: again, refused, unmatched. */
const STRONGEST = 'order by outcome desc, reason, said';

/** The number of row results in a batch. */
const BATCH = 5_000;

/**
 * Processes the row results of a chunk after the answer was accepted. Rejected rows become rejects. Rows that were
 * rejected because of single values are set aside, to be sent again without those values.
 */
export async function applyResults(trx: Knex.Transaction, run: string, chunk: number): Promise<void> {
  await oneAtATime(trx, run); // an abandoned attempt may still divide rows into chunks
  const sent = await readRun(trx, run);
  const file = await readChunk(trx, run, chunk);
  for (let last = FIRST; ;) {
    const batch = await refusals(trx, sent, chunk, last);
    const again = batch.filter((row): row is Refusal & RefusedValues => row.reasons !== null);
    await setRefusedAside(trx, sent, file, again);
    const others = batch.filter(({ reasons }) => reasons === null);
    const refused = await withoutForgotten(trx, run, others);
    await trx.raw(
      `insert into rejects (run, stage, key, reason, said)
       select :run, 'import', key, reason, said
       from unnest(cast(:keys as text[]), cast(:reasons as text[]), cast(:said as text[])) as r (key, reason, said)
       on conflict do nothing`,
      {
        run,
        keys: refused.map(({ key }) => key),
        reasons: refused.map(({ reason }) => reason),
        said: refused.map(({ said }) => said),
      },
    );
    if (batch.length < BATCH) return;
    last = batch.at(-1)!.mark;
  }
}

/** A stored result of a rejected row. `reasons`: it is sent again without these attributes. */
interface Refusal {
  mark: string;
  key: string;
  reason: string;
  said: string | null;
  reasons: Record<string, string> | null;
}

/** The smallest mark. */
const FIRST = '00000000-0000-0000-0000-000000000000';

async function refusals(trx: Knex, { run, delta }: Run, chunk: number, after: string): Promise<Refusal[]> {
  return rows<Refusal>(
    trx,
    `select result.mark, d.key, reason, said, named as reasons
     from ${resultTable(run)} result join ${delta} d using (mark)
     where chunk = :chunk and outcome <> 'unmatched' and result.mark > :after
     order by result.mark limit ${BATCH}`,
    { chunk, after },
  );
}

/** Returns the results that are about members to whom a run sends something. */
async function ownResults(
  trx: Knex,
  no: string,
  seeds: readonly [bigint, bigint],
  told: RowResult[],
): Promise<RowResult[]> {
  const { delta } = await readRun(trx, no);
  const own = await rows<{ place: number }>(
    trx,
    `select cast(place - 1 as integer) as place
     from unnest(cast(? as uuid[])) with ordinality as asked (mark, place) join ${delta} d using (mark)
     where attributes is not null`,
    [told.map(({ key }) => keyMark(key, seeds))],
  );
  return own.map(({ place }) => told[place]!);
}

/** A row that is sent again without what Actito rejected. */
function isAgain(row: RowResult): row is RowResult & { attributes: string[] } {
  return row.outcome === 'refused' && row.attributes !== undefined && row.attributes.length > 0;
}

/** Counts the members of a chunk with stored results, see {@link storeResults}. */
export async function countKnownResults(db: Knex, run: string, chunk: number): Promise<number> {
  const [counted] = await rows<{ known: string }>(
    db,
    `select count(*) as known from ${resultTable(run)} where chunk = ?`,
    [chunk],
  );
  return Number(counted!.known);
}

/** Returns an upper bound of the number of rows in an import's file. */
export async function countFileRows(
  db: Knex,
  run: string,
  { id, chunk, shared }: { id: string; chunk: number; shared: boolean },
): Promise<number> {
  if (!shared) return (await readChunk(db, run, chunk)).members;
  const [counted] = await rows<{ keys: string }>(db, `select count(*) as keys from ${sharedTable(id)}`);
  return Number(counted!.keys);
}

/**
 * Returns those of some keys that were in a shared file and belong to this run's chunk. Joined by key, because every
 * activation has its own seeds for marks.
 */
export async function knownKeys(
  db: Knex,
  run: PlannedRun,
  { id, chunk }: { id: string; chunk: number },
  keys: string[],
): Promise<{ known: number[]; own: Set<string> }> {
  const found = await rows<{ key: string; no: number; own: boolean }>(
    db,
    `select asked.key, file.no, own.key is not null as own
     from unnest(cast(:keys as text[])) as asked (key) join ${sharedTable(id)} file on file.key = asked.key
     left join (select d.key from ${chunkRowsSql(run, await readChunk(db, run.run, chunk))}) as own
       on own.key = asked.key`,
    { keys },
  );
  return {
    known: found.map(({ no }) => no),
    own: new Set(found.filter(({ own }) => own).map(({ key }) => key)),
  };
}
