import type { Knex } from 'knex';
import { valueColumns } from '../../activation/comparison/delta-lines.ts';
import { chunkRowsSql, omittedAttributes, readChunks, type Chunk } from './chunks.ts';
import { fenced, type Fence } from '../runs/lease.ts';
import { sharedTable } from '../names.ts';
import { readRun, type Run } from '../runs/runs.ts';
import { standingParts, type SharedPart, type SharedParts } from './shared-parts.ts';
import { rows, type State } from '../state.ts';

/** The delta's columns of the attributes that a pattern does not leave out. */
export function includedColumns(pattern: string): string[] {
  const omitted = omittedAttributes(pattern);
  return valueColumns(omitted.length).filter((_, index) => !omitted[index]);
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
      const rowsOf = chunkRowsSql(await readRun(trx, part.run), await chunkOf(trx, part));
      await trx.raw(`insert into ${table} select d.key, :run from ${rowsOf} on conflict do nothing`, {
        run: part.run,
      });
    }
    const [counted] = await rows<{ keys: string }>(trx, `select count(*) as keys from ${table}`);
    return { shared, parts, keys: Number(counted!.keys) };
  });
}

/** The query of a shared import's rows: keys, and values in the order of the leader's mapping. */
export async function sharedRowsSql(db: Knex, leader: Run, { shared, parts }: SharedParts): Promise<string> {
  const leads = await chunkOf(db, parts[0]!);
  const omitted = omittedAttributes(leads.pattern);
  const queries: string[] = [];
  for (const part of parts) {
    const run = part.run === leader.run ? leader : await readRun(db, part.run);
    const chunk = await chunkOf(db, part);
    const its = includedColumns(chunk.pattern);
    const values = omitted.map((out) => (out ? ', cast(null as text)' : `, d.${its.shift()!}`));
    queries.push(
      `select d.key ${values.join('')} from ${chunkRowsSql(run, chunk)}
       join ${sharedTable(shared)} f on f.key = d.key and f.run = ${part.run}`,
    );
  }
  return queries.join(' union all ');
}

export async function chunkOf(db: Knex, { run, chunk }: Pick<SharedPart, 'run' | 'chunk'>): Promise<Chunk> {
  return (await readChunks(db, run)).find(({ no }) => no === chunk)!;
}

/** Of these keys: how many the shared file had, and which belong to the chunk of this run. Joined by key: marks have seeds of their own in every activation. */
export async function knownKeys(
  db: Knex,
  { shared, run, chunk }: { shared: string; run: string; chunk: number },
  keys: string[],
): Promise<{ known: number; own: Set<string> }> {
  const rowsOf = chunkRowsSql(await readRun(db, run), await chunkOf(db, { run, chunk }));
  const found = await rows<{ key: string; own: boolean }>(
    db,
    `select asked.key, own.key is not null as own
     from unnest(cast(:keys as text[])) as asked (key) join ${sharedTable(shared)} file on file.key = asked.key
     left join (select d.key from ${rowsOf}) as own on own.key = asked.key`,
    { keys },
  );
  return { known: found.length, own: new Set(found.filter(({ own }) => own).map(({ key }) => key)) };
}
