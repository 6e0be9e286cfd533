import type { Knex } from 'knex';
import type { RejectReason } from '../../contract/messages/rejects.ts';
import { withoutForgotten } from '../forgotten/rejects.ts';
import { asideTable, membersTable } from '../names.ts';
import type { Run } from '../runs/runs.ts';
import { rows } from '../state.ts';
import { omittedAttributes, putAside, type Chunk } from './chunks.ts';

/*
 * A row that Actito rejected because of a value is sent again without that value. The hash of the rejected value is
 * stored with the member, so later runs leave it out from the start until the value changes.
 */

/** A row for which Actito rejected some attributes. */
export interface RefusedValues {
  mark: string;
  key: string;
  /** Actito's code, by the name of the attribute. */
  reasons: Record<string, string>;
}

/**
 * Sets rows of a chunk aside whose named attributes Actito rejected. They are sent again in this run, or in the next
 * run if this was their second attempt. Idempotent.
 */
export async function setRefusedAside(
  trx: Knex,
  { run, definition }: Pick<Run, 'run' | 'definition'>,
  chunk: Chunk,
  refused: readonly RefusedValues[],
): Promise<void> {
  if (refused.length === 0) return;
  const omitted = omittedAttributes(chunk.pattern);
  const names = definition.activation.attributes.map(({ attribute }) => attribute);
  const marks = refused.map(({ mark }) => mark);
  const bits = refused.map(({ reasons }) => names.map((name) => Object.hasOwn(reasons, name)));
  await putAside(trx, run, isAgain(chunk) ? 'n' : 'r', {
    marks,
    patterns: bits.map((named) => toPattern(omitted.map((out, index) => out || named[index]!))),
  });
  await trx.raw(
    `update ${asideTable(run)} aside set refused = coalesce(refused | bits, bits)
     from unnest(cast(:marks as uuid[]), cast(:bits as varbit[])) as found (mark, bits)
     where aside.mark = found.mark`,
    { marks, bits: bits.map(toPattern) },
  );
  const values = refused.flatMap(({ key, reasons }) =>
    Object.entries(reasons).map(([attribute, reason]) => ({ key, reason, attribute })),
  );
  const told = await withoutForgotten(trx, run, values);
  await trx.raw(
    `insert into rejects (run, stage, key, reason, attribute)
     select :run, 'import', * from unnest(cast(:keys as text[]), cast(:reasons as text[]), cast(:attributes as text[])) as r
     on conflict do nothing`,
    {
      run,
      keys: told.map(({ key }) => key),
      reasons: told.map(({ reason }) => reason),
      attributes: told.map(({ attribute }) => attribute),
    },
  );
}

/**
 * Sets members aside whose rejected value has not changed. They are sent without it, in their own chunks, and it is
 * reported as rejected. Call it before chunks are assigned.
 */
export async function withholdRefused(trx: Knex, planning: Run): Promise<void> {
  const { run, delta, activation, definition } = planning;
  const { attributes } = definition.activation;
  if (attributes.length === 0) return;
  const anyone = `select from ${membersTable(activation)} where withheld is not null limit 1`;
  // Uses only the index of members with a rejected value. Never scans all members, whatever the planner estimates.
  await trx.raw('set local enable_seqscan = off');
  const isAnything = (await rows(trx, anyone)).length > 0;
  if (isAnything) await setWithheldAside(trx, planning);
  await trx.raw('set local enable_seqscan to default');
  if (!isAnything) return;
  const reason: RejectReason = 'ValueRefused';
  await trx.raw(
    `insert into rejects (run, stage, key, reason, attribute)
     select :run, 'import', d.key, :reason, name
     from ${asideTable(run)} aside join ${delta} d using (mark),
          unnest(cast(:names as text[])) with ordinality as mapped (name, place)
     where get_bit(aside.refused, cast(place - 1 as integer)) = 1
     on conflict do nothing`,
    { run, reason, names: attributes.map(({ attribute }) => attribute) },
  );
}

async function setWithheldAside(trx: Knex, { run, delta, activation, definition }: Run): Promise<void> {
  const places = definition.activation.attributes.map((_, index) => index);
  const isRefused = (index: number) =>
    `coalesce(position(substring(d.hashes from ${8 * index + 1} for 8) in m.withheld) > 0, false)`;
  const bits = places.map(
    (index) => `case when ${isRefused(index)} then '1' else substr(d.pattern, ${index + 1}, 1) end`,
  );
  const refused = places.map((index) => `case when ${isRefused(index)} then B'1' else B'0' end`);
  await trx.raw(
    `insert into ${asideTable(run)} (mark, pattern, refused)
     select mark, 'v' || bits, refused
     from (select d.mark, d.pattern, ${bits.join(' || ')} as bits, ${refused.join(' || ')} as refused
           from ${membersTable(activation)} m join ${delta} d on d.mark = m.mark
           where m.withheld is not null and attributes is not null and attributes <> 'kept' and d.pattern is not null) as found
     where bits <> pattern`,
  );
}

/** Whether a chunk has rows that Actito rejected before in this run. */
export function isAgain({ pattern }: Pick<Chunk, 'pattern'>): boolean {
  return pattern.startsWith('r');
}

/** Counts the imports of a run for rows that it had sent before, and their members. */
export async function countAgain(db: Knex, run: string): Promise<{ imports: number; members: number }> {
  const [found] = await rows<{ imports: number; members: number }>(
    db,
    `select cast(count(*) as integer) as imports, cast(coalesce(sum(members), 0) as integer) as members
     from chunks join import_parts part on part.run = chunks.run and part.chunk = chunks.no
     join imports on imports.id = part.import
     where chunks.run = ? and pattern like 'r%' and intended_at is not null and status <> 'refused'`,
    [run],
  );
  return found!;
}

function toPattern(bits: readonly boolean[]): string {
  return bits.map((out) => (out ? '1' : '0')).join('');
}

/** Counts the imports of a run with errors that Actito does not explain by row, and their members. */
export async function countUnexplained(db: Knex, run: string): Promise<{ imports: number; members: number }> {
  const [found] = await rows<{ imports: number; members: number }>(
    db,
    `select cast(count(*) as integer) as imports, cast(coalesce(sum(members), 0) as integer) as members
     from import_parts part join chunks on chunks.run = part.run and chunks.no = part.chunk
     where part.run = ? and result = 'unexplained'`,
    [run],
  );
  return found!;
}
