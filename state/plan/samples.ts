import type { Knex } from 'knex';
import { SAMPLE_CLASSES, type SampleClass, type SampleNames } from '../../contract/plan.ts';
import { forgottenSql } from '../forgotten/digests.ts';
import { HOLD_WISHES } from '../forgotten/lock.ts';
import { withoutForgotten } from '../forgotten/rejects.ts';
import { interval, SAMPLE_PERIOD } from '../../activation/periods.ts';
import { valueColumns } from '../../activation/comparison/delta-format.ts';
import { membersTable } from '../names.ts';
import type { Run } from '../runs/runs.ts';
import type { Snapshot } from '../report/snapshot.ts';
import { rows } from '../state.ts';

/** The same with personal data. Only for the person who asks for it, and never for Temporal. */
export interface Sample extends SampleNames {
  key: string;
  /** New values, one per attribute, as in the warehouse. Previous values are not stored. */
  values: (string | null)[];
}

/** The maximum number of samples per class. */
const MANY = 5;
/** Deletes samples older than `:age` milliseconds, at most `:batch` rows, and skips locked rows. */
export const DELETE_OLD_SAMPLES = `
  delete from samples where ctid in (
    select ctid from samples where at < now() - :age * interval '1 millisecond' limit :batch for update skip locked)`;

/**
 * Stores some members of each class of a new plan, in its transaction, because the delta is dropped when the run
 * closes. It takes those with the smallest hash of their key: they are spread over the delta, and the same plan shows
 * the same ones.
 */
export async function writeSamples(trx: Knex.Transaction, run: Run): Promise<void> {
  await trx.raw('delete from samples where run = ?', [run.run]);
  await trx.raw(DELETE_OLD_SAMPLES, { age: SAMPLE_PERIOD, batch: 10_000 });
  await trx.raw(HOLD_WISHES);
  await sampleDelta(trx, run);
  await sampleUnchanged(trx, run);
  await sampleRejects(trx, run);
}

/**
 * A hash has eight bytes per attribute, seeded by everything that decides what is sent for it. An attribute is
 * unchanged if its new hash is anywhere among the confirmed ones, even if other attributes were mapped or left out
 * since.
 */
async function sampleDelta(trx: Knex.Transaction, { run, activation, definition, delta }: Run) {
  const { attributes } = definition.activation;
  const classes: [SampleClass, string][] = [
    ['added', `membership = 'added'`],
    ['removed', `membership = 'removed'`],
    ['waiting', `membership in ('waiting', 'several')`],
    ['leaving', `membership = 'leaving'`],
    ['changed', `attributes = 'changed'`],
  ];
  const values = valueColumns(attributes.length);
  const chosen = classes.map(
    ([name, isMeant]) =>
      `(select '${name}' as class, mark, key, pattern, hashes, cast(array[${values.join(', ')}] as text[]) as texts
        from ${delta} where ${isMeant} order by hashtextextended(cast(mark as text), 0) limit ${MANY})`,
  );
  await trx.raw(
    `insert into samples (run, class, place, key, attributes, new_values)
     select :run, class, row_number() over (partition by class order by coalesce(chosen.key, known.key)),
            coalesce(chosen.key, known.key), coalesce(shown.names, '{}'), coalesce(shown.new_values, '{}')
     from (${chosen.join(' union all ')}) as chosen
     -- One look into the index each, however many members there are.
     left join lateral (select key, hashes from ${membersTable(activation)} m where m.mark = chosen.mark limit 1) as known
       on true
     left join lateral (
       select array_agg(name order by place) as names, array_agg(value order by place) as new_values
       from unnest(cast(:names as text[]), texts) with ordinality as mapped (name, value, place)
       where case class
         when 'added' then substring(pattern from cast(place as integer) for 1) = '0'
         when 'changed' then substring(chosen.hashes from cast(8 * place - 7 as integer) for 8) <> all (
           array(select substring(known.hashes from first for 8)
                 from generate_series(1, octet_length(known.hashes), 8) as first))
         else false end
     ) as shown on true
     -- A person to be forgotten may still be a member, while another run is waited for.
     where not (${forgottenSql('coalesce(chosen.key, known.key)')})`,
    { run, names: attributes.map(({ attribute }) => attribute) },
  );
}

async function sampleUnchanged(trx: Knex.Transaction, { run, activation, delta }: Run) {
  await trx.raw(
    `insert into samples (run, class, place, key, attributes, new_values)
     select ?, 'unchanged', row_number() over (order by key), key, '{}', '{}'
     from (select key from ${membersTable(activation)} m
           where listed and not exists (select from ${delta} d where d.mark = m.mark) limit ${MANY}) as chosen
     where not (${forgottenSql('key')})`,
    [run],
  );
}

async function sampleRejects(trx: Knex.Transaction, { run }: Run) {
  const chosen = await rows<{ key: string; reason: string }>(
    trx,
    `select key, reason from rejects
     where run = ? and stage = 'extract' and reason <> 'AmbiguousValues' limit ${MANY}`,
    [run],
  );
  const kept = await withoutForgotten(trx, run, chosen);
  await trx.raw(
    `insert into samples (run, class, place, key, attributes, new_values, reason)
     select :run, 'rejected', row_number() over (order by key, reason), key, '{}', '{}', reason
     from unnest(cast(:keys as text[]), cast(:reasons as text[])) as r (key, reason)`,
    { run, keys: kept.map(({ key }) => key), reasons: kept.map(({ reason }) => reason) },
  );
}

/** Returns the samples of a run's plan, by class; none if the plan is older than a day. */
export async function readSamples({ rows }: Snapshot, run: string): Promise<Sample[]> {
  const found = await rows<Sample>(
    `select class, attributes, reason, key, new_values as "values" from samples
     where run = $1 and at > now() - ${interval(SAMPLE_PERIOD)} order by place`,
    [run],
  );
  return SAMPLE_CLASSES.flatMap((name) => found.filter((sample) => sample.class === name));
}

/** The same without personal data. */
export async function readSampleNames(snapshot: Snapshot, run: string): Promise<SampleNames[]> {
  const samples = await readSamples(snapshot, run);
  return samples.map(({ class: name, attributes, reason }) => ({ class: name, attributes, reason }));
}
