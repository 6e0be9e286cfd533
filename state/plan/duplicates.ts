import type { Knex } from 'knex';
import { rows } from '../state.ts';

/**
 * Makes the stage's keys unique and indexed. Nearly always they are unique already, and building the index is what
 * finds out; only when it fails are the repeated keys looked at.
 * Equal rows collapse; a key with different values keeps one row without hashes: on the list, nothing sent.
 */
export async function indexStage(
  trx: Knex.Transaction,
  run: string,
  stage: string,
): Promise<{ duplicates: number; ambiguous: number }> {
  const buildIndex = (inner: Knex) => inner.raw(`create unique index on ${stage} (key)`);
  try {
    await trx.transaction(buildIndex); // a savepoint
    return { duplicates: 0, ambiguous: 0 };
  } catch (error) {
    if ((error as { code?: string }).code !== '23505') throw error; // unique_violation
  }
  const counts = await collapse(trx, run, stage);
  await buildIndex(trx);
  return counts;
}

async function collapse(trx: Knex.Transaction, run: string, stage: string) {
  await trx.raw(`
    create temporary table repeated on commit drop as
    select key, count(*) as copies, count(distinct (hashes, identifier)) > 1 as differs, min(identifier) as identifier
    from ${stage} group by key having count(*) > 1`);
  await trx.raw(`
    delete from ${stage} using (
      select ctid, row_number() over (partition by key order by identifier nulls last, hashes, ctid) as place
      from ${stage} where key in (select key from repeated)
    ) as copy
    where ${stage}.ctid = copy.ctid and copy.place > 1`);
  await trx.raw(`
    update ${stage} set hashes = null from repeated where repeated.key = ${stage}.key and repeated.differs`);
  await trx.raw(
    `insert into rejects (run, stage, key, reason)
     select :run, 'extract', key, 'AmbiguousValues' from repeated where differs on conflict do nothing`,
    { run },
  );
  const [counts] = await rows<{ duplicates: string; ambiguous: string }>(
    trx,
    `select coalesce(sum(copies - 1), 0) as duplicates, count(*) filter (where differs) as ambiguous from repeated`,
  );
  return { duplicates: Number(counts!.duplicates), ambiguous: Number(counts!.ambiguous) };
}
