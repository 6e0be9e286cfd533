import type { Knex } from 'knex';
import { omittedAttributes, readChunks, type Chunk } from './chunks.ts';
import { fenced, type Fence } from '../runs/lease.ts';
import { deltaTable, sharedTable } from '../names.ts';
import { readRun, type Run } from '../runs/runs.ts';
import { standingParts, type SharedPart, type SharedParts } from './shared-parts.ts';
import { valueColumns } from '../stage.ts';
import { rows, type State } from '../state.ts';

/** The stage's columns of the attributes that a pattern does not leave out. */
export function includedColumns(pattern: string): string[] {
  const omitted = omittedAttributes(pattern);
  return valueColumns(omitted.length).filter((_, index) => !omitted[index]);
}

/** True of the rows of a chunk, given as `:pattern<no>`, `:first<no>` and `:last<no>`. */
export function inChunk(alias: string, no: number): string {
  return `${alias}.pattern = :pattern${no} and ${alias}.key between :first${no} and :last${no}`;
}

/**
 * Closes a shared import that this run leads, and decides its file: of each key the row of the first part that has it.
 * Nobody joins any more; parts whose runs have ended are left out.
 */
export async function closeShared(
  state: State,
  fence: Fence,
  shared: string,
): Promise<SharedParts & { keys: number }> {
  return fenced(state, fence, async (trx) => {
    await trx.raw(`update shared_imports set state = 'closed' where id = ? and state = 'open'`, [shared]);
    const parts = await standingParts(trx, shared);
    const table = sharedTable(shared);
    await trx.raw(`drop table if exists ${table}`);
    await trx.raw(`create table ${table} (key text collate "C" primary key, run bigint not null)`);
    for (const part of parts) {
      const { pattern, firstKey, lastKey } = await chunkOf(trx, part);
      await trx.raw(
        `insert into ${table} select key, :run from ${deltaTable(part.run)} d where ${inChunk('d', 1)}
         on conflict do nothing`,
        { run: part.run, pattern1: pattern, first1: firstKey, last1: lastKey },
      );
    }
    const [counted] = await rows<{ keys: string }>(trx, `select count(*) as keys from ${table}`);
    return { shared, parts, keys: Number(counted!.keys) };
  });
}

/**
 * The query of a shared import's rows: keys, and values in the order of the leader's mapping.
 * @param quoted writes a text as a literal, since COPY takes no parameters
 */
export async function sharedRowsSql(
  db: Knex,
  leader: Run,
  { shared, parts }: SharedParts,
  quoted: (text: string) => string,
): Promise<string> {
  const leads = await chunkOf(db, parts[0]!);
  const omitted = omittedAttributes(leads.pattern);
  const queries: string[] = [];
  for (const part of parts) {
    const run = part.run === leader.run ? leader : await readRun(db, part.run);
    const { pattern, firstKey, lastKey } = await chunkOf(db, part);
    const its = includedColumns(pattern);
    const values = omitted.map((out) => (out ? ', cast(null as text)' : `, s.${its.shift()!}`));
    queries.push(
      `select d.key ${values.join('')} from ${deltaTable(part.run)} d join ${run.stage} s on s.key = d.key
       join ${sharedTable(shared)} f on f.key = d.key and f.run = ${part.run}
       where d.pattern = ${quoted(pattern)} and d.key between ${quoted(firstKey)} and ${quoted(lastKey)}`,
    );
  }
  return queries.join(' union all ');
}

async function chunkOf(db: Knex, { run, chunk }: SharedPart): Promise<Chunk> {
  return (await readChunks(db, run)).find(({ no }) => no === chunk)!;
}

/** Of these keys: how many the shared file had, and which belong to the chunk of this run. */
export async function knownKeys(
  db: Knex,
  { shared, run, chunk }: { shared: string; run: string; chunk: number },
  keys: string[],
): Promise<{ known: number; own: Set<string> }> {
  const found = await rows<{ key: string; own: boolean }>(
    db,
    `select asked.key, exists (select from ${deltaTable(run)} delta join chunks on chunks.pattern = delta.pattern
                               where chunks.run = :run and chunks.no = :chunk and delta.key = asked.key
                                 and delta.key between first_key and last_key) as own
     from unnest(cast(:keys as text[])) as asked (key) join ${sharedTable(shared)} file on file.key = asked.key`,
    { keys, run, chunk },
  );
  return { known: found.length, own: new Set(found.filter(({ own }) => own).map(({ key }) => key)) };
}
