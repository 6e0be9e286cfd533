import type { Knex } from 'knex';
import { checksumOf } from '../../activation/comparison/marks.ts';
import type { Run } from '../runs/runs.ts';
import { rows } from '../state.ts';

/** The rows of a delta by what happens to them, and the resulting list. */
export interface DeltaCounts {
  added: number;
  /** Off the list: missing from the segment, or from the profile directory. */
  removed: number;
  /** Without a single profile in the directory since this run; before, they were listed or unknown. */
  waiting: number;
  /** On the list with another identifier than before. */
  reidentified: number;
  /** On the list although missing from the segment, because of the grace period. */
  leaving: number;
  /** Attributes that are sent for the first time, or are in doubt since an earlier run. */
  fresh: number;
  changed: number;
  /** Rejected or unmatched earlier, and due again. */
  retry: number;
  /** Sent only because a resync sends everything again. */
  resent: number;
  /** Of the fresh ones, those that are members: an earlier import is in doubt. */
  known: number;
  /** Members of the list with something to send. */
  touched: number;
  /** A sum over all planned changes, for the plan's hash. */
  digest: string;
  list: { members: number; checksum: string };
}

/**
 * SQL: the sum of the hashes of what the rows `d` of a delta would change: who is added or removed, and what is sent.
 * Grace periods and retries are left out, because they depend on time: the same segment must give the same hash
 * tomorrow. Marks are hashes already, so they seed the hash directly; converting them to texts would take three times
 * as long.
 * @param sends SQL: attributes of `d` are still to be sent
 */
export function digestSql(sends: string): string {
  const moved = `case membership when 'added' then 1 when 'removed' then 2 when 'reidentified' then 3
                   when 'waiting' then 4 when 'several' then 4 end`;
  const sent = `case when attributes in ('fresh', 'changed', 'resent') and ${sends} then attribute_mark end`;
  const seed = ['identifier_mark', moved, sent].map((part) => `coalesce(${part}, 0)`).join(' # ');
  return `coalesce(sum(uuid_hash_extended(d.mark, ${seed})) filter (where coalesce(${moved}, ${sent}) is not null), 0)`;
}

/** Counts the rows of a published delta. */
export async function countDelta(trx: Knex, run: Run): Promise<DeltaCounts> {
  const moved = (...kinds: string[]) =>
    `where membership in (${kinds.map((kind) => `'${kind}'`).join(', ')})`;
  const losing = `membership in ('waiting', 'several') and former_mark is not null`;
  const [counts] = await rows<Record<keyof Omit<DeltaCounts, 'list'> | 'entered' | 'left', string>>(
    trx,
    `select count(*) filter (${moved('added')}) as added,
            count(*) filter (${moved('removed')} or ${losing}) as removed,
            count(*) filter (${moved('waiting', 'several')}) as waiting,
            count(*) filter (${moved('reidentified')}) as reidentified,
            count(*) filter (${moved('leaving')}) as leaving,
            count(*) filter (where attributes = 'fresh') as fresh,
            count(*) filter (where attributes = 'changed') as changed,
            count(*) filter (where attributes = 'retry') as retry,
            count(*) filter (where attributes = 'resent') as resent,
            count(*) filter (where attributes = 'fresh' and known) as known,
            count(*) filter (where attributes <> 'kept' or membership in ('added', 'reidentified', 'leaving')) as touched,
            coalesce(sum(identifier_mark) filter (${moved('added', 'reidentified')}), 0) as entered,
            coalesce(sum(former_mark) filter (${moved('removed', 'reidentified')} or ${losing}), 0) as left,
            ${digestSql('true')} as digest
     from ${run.delta} d`,
  );
  const { digest, entered, left, ...numbers } = counts!;
  const plain = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Number(value)]));
  const { added, removed, ...others } = plain as unknown as Omit<DeltaCounts, 'digest' | 'list'>;
  return {
    added,
    removed,
    ...others,
    digest,
    list: {
      members: run.base.members + added - removed,
      checksum: checksumOf(BigInt(run.base.checksum), BigInt(entered), -BigInt(left)),
    },
  };
}
