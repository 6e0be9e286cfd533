import type { RejectCount } from '../../contract/counts.ts';
import { withoutForgotten } from '../forgotten/rejects.ts';
import { fenced, type Fence } from '../runs/lease.ts';
import { rows, type State } from '../state.ts';

/** A row that a run could not use. Key and reference are from the source, cut to a length that fits into an index. */
export interface Reject {
  key: string;
  reason: string;
  /** The source's own name for the row, besides its key; omitted or empty: there is none. */
  reference?: string;
}

/** Further rejects are only counted. This number is enough to find the cause without filling the disk. */
export const MAX_STORED_REJECTS = 10_000;

/** Stores a batch of rows that were rejected while reading, except for keys of forgotten people. Idempotent. */
export async function storeRejects(state: State, fence: Fence, found: Reject[]): Promise<void> {
  await fenced(state, fence, async (trx) => {
    const rejects = await withoutForgotten(trx, fence.run, found);
    await trx.raw(
      `insert into rejects (run, stage, key, reason, reference)
       select :run, 'extract', key, reason, reference
       from unnest(cast(:keys as text[]), cast(:reasons as text[]), cast(:references as text[])) as r (key, reason, reference)
       on conflict do nothing`,
      {
        run: fence.run,
        keys: rejects.map((reject) => reject.key.slice(0, 255)),
        reasons: rejects.map((reject) => reject.reason),
        references: rejects.map(({ reference = '' }) => reference.slice(0, 255)),
      },
    );
  });
}

/** Counts the rejected rows and values of a run, by stage and reason. */
export async function countRejects(state: State, run: string): Promise<RejectCount[]> {
  const counted = await rows<{ stage: string; reason: string; attribute: string; count: string }>(
    state,
    `select 'extract' as stage, by_reason.key as reason, '' as attribute, cast(by_reason.value as bigint) as count
     from runs, jsonb_each_text(rejected) as by_reason where no = :run
     union all
     select stage, reason, attribute, count(*) from rejects
     where run = :run
       and not (stage = 'extract' and jsonb_exists((select rejected from runs where no = :run), reason))
     group by stage, reason, attribute
     order by stage, reason, attribute`,
    { run },
  );
  return counted.map((row) => ({ ...row, count: Number(row.count) }));
}
