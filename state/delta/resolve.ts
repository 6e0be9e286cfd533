import type { Knex } from 'knex';
import { forgottenSql, isErasurePending } from '../forgotten/digests.ts';
import { membersTable } from '../names.ts';
import { newAttributes } from '../plan/mapping-change.ts';
import { usesDirectory } from '../../activation/definition/definition.ts';
import type { AttributeMapping } from '../../activation/definition/activation.ts';
import { MAX_STORED_REJECTS } from '../rejects/rejects.ts';
import type { Run } from '../runs/runs.ts';
import { rows } from '../state.ts';

/*
 * What happens to a delta between its last row and its publication. All cases are rare, and touch only the few rows
 * that were written.
 */

/**
 * Combines all contradicting rows of a key into one: membership with the smallest identifier and no attributes. What
 * Actito confirmed for the key stays. A first row without a difference was not written, so the stored identifier counts
 * as well.
 * @returns the number of such keys, without those of people who were forgotten since
 */
export async function resolveAmbiguous(trx: Knex, run: Run, delta: string): Promise<number> {
  const members = membersTable(run.activation);
  // A row whose profile was not looked up has the member's own.
  const looksUp = usesDirectory(run.definition.activation);
  const identifier = looksUp ? 'coalesce(seen.identifier, m.identifier)' : 'seen.identifier';
  const [found] = await rows<{ count: string }>(
    trx,
    `with marked as (delete from ${delta} where membership = 'ambiguous' returning mark),
          seen as (delete from ${delta} using marked
                   where ${delta}.mark = marked.mark and membership is distinct from 'ambiguous'
                   returning ${delta}.mark, ${delta}.key, identifier, identifier_mark, membership),
          candidate as (
            select mark, seen.key, ${identifier} as identifier, seen.identifier_mark
            from seen ${looksUp ? `left join ${members} m using (mark)` : ''}
            union all
            select m.mark, m.key, m.identifier, m.identifier_mark from ${members} m join marked using (mark)
            where not exists (select from seen where seen.mark = m.mark and seen.membership is distinct from 'sight')
          ),
          chosen as (select distinct on (mark) * from candidate order by mark, identifier),
          told as (
            insert into rejects (run, stage, key, reason)
            select :run, 'extract', key, 'AmbiguousValues' from chosen order by mark limit ${MAX_STORED_REJECTS}
            on conflict do nothing
          ),
          written as (
            insert into ${delta} (mark, known, membership, key, identifier, identifier_mark, former_mark)
            select mark, known, membership, key, identifier, identifier_mark,
                   case when membership = 'reidentified' then former end
            from (select chosen.mark, m.mark is not null as known, chosen.key, chosen.identifier, chosen.identifier_mark,
                         m.identifier_mark as former,
                         case when m.mark is null or not m.listed then 'added'
                              when m.identifier is distinct from chosen.identifier then 'reidentified'
                              when m.missing_run is not null then 'returned' end as membership
                  from chosen left join ${members} m using (mark)) as one
            where membership is not null
          )
     select count(*) as count from chosen`,
    { run: run.run },
  );
  return Number(found!.count);
}

/**
 * Compares single attributes after the mapping changed, because then every attribute mark differs. A hash has eight
 * bytes per attribute, seeded by everything that decides what is sent for it. A value is confirmed if its hash is
 * anywhere among the confirmed ones. So a removed mapping sends nothing, and a member whose other values are all
 * confirmed gets only the new ones.
 */
export async function resolveMapping(
  trx: Knex,
  run: Run,
  delta: string,
  mappedBefore: AttributeMapping[] | null,
): Promise<void> {
  const { attributes } = run.definition.activation;
  if (attributes.length === 0 || run.task.resends) return;
  const members = membersTable(run.activation);
  const confirmed = attributes.map((_, index) => isConfirmedSql(index));
  await trx.raw(
    `update ${delta} d set attributes = 'kept', pattern = null
     from ${members} m where m.mark = d.mark and d.attributes = 'changed' and ${confirmed.join(' and ')}`,
  );
  const isNew = newAttributes(run.definition, mappedBefore);
  if (!isNew) return;
  const others = confirmed.filter((_, index) => !isNew[index]);
  const bits = isNew.map((fresh, index) => (fresh ? `substr(d.pattern, ${index + 1}, 1)` : `'1'`));
  await trx.raw(
    `update ${delta} d set pattern = ${bits.join(' || ')}
     from ${members} m
     where m.mark = d.mark and d.attributes = 'changed' and m.outcome in ('ok', 'assumed', 'nothing')
       and ${others.join(' and ')}`,
  );
}

/** SQL: Actito has confirmed the value of this attribute of a row `d` of a delta for its member `m`. */
export function isConfirmedSql(index: number): string {
  return `coalesce(position(substring(d.hashes from ${8 * index + 1} for 8) in m.hashes) > 0, false)`;
}

/**
 * Removes forgotten people from the delta. Until an erasure is complete, someone may still be a member, or may have
 * been written before the wish was recorded. They leave immediately, without a grace period, even if they are in the
 * segment. This does not block new wishes, because publishing can take seconds: an erasure waits for this run, and then
 * erases what it has written.
 * @returns how many more were left out than the comparison knew about
 */
export async function resolveForgotten(trx: Knex, run: Run, delta: string): Promise<number> {
  if (!(await isErasurePending(trx))) return 0;
  const isForgotten = (row: string) =>
    `(${forgottenSql(`${row}.key`)} or (${row}.identifier is not null and ${forgottenSql(`${row}.identifier`)}))`;
  const written = await rows<{ mark: string }>(
    trx,
    `delete from ${delta} d where key is not null and membership is distinct from 'removed' and ${isForgotten('d')}
     returning mark`,
  );
  const members = membersTable(run.activation);
  await trx.raw(
    `update ${delta} d set membership = 'removed', former_mark = m.identifier_mark
     from ${members} m where m.mark = d.mark and d.membership = 'leaving' and ${isForgotten('m')}`,
  );
  await trx.raw(
    `delete from ${delta} d using ${members} m where m.mark = d.mark and d.membership in ('ambiguous', 'sight') and ${isForgotten('m')}`,
  );
  const unchanged = await rows<{ mark: string }>(
    trx,
    `insert into ${delta} (mark, known, membership, former_mark)
     select mark, true, case when listed then 'removed' else 'erased' end, case when listed then identifier_mark end
     from ${members} m where ${isForgotten('m')} and not exists (select from ${delta} d where d.mark = m.mark)
     returning mark`,
  );
  return new Set([...written, ...unchanged].map(({ mark }) => mark)).size;
}
