import type { Knex } from 'knex';
import type { Run } from './runs/runs.ts';
import { rows } from './state.ts';

/** What is known of an activation, from results that Actito or the file server confirmed. */
export interface Acknowledged {
  fingerprint: string | null;
  /** Secret seed of this activation's hashes. */
  seed: string;
  target: string | null;
  list: { members: number; checksum: string };
  /** When the list was last delivered, by the database's clock. */
  deliveredAt: Date | null;
  /** The list's validity in Actito when it was delivered last, in milliseconds; null: not known. */
  validity: number | null;
  /** A delivery was begun and not finished: what the file server holds is unknown. */
  dirty: boolean;
  /** The largest list delivered in the last 7 days. */
  peak: number;
  /** A refused or unmatched member may be sent again. */
  retryDue: boolean;
  /** An import for retries alone is allowed once in 24 hours. */
  mayRetryAlone: boolean;
  /** How many runs of the activation have succeeded. */
  succeededRuns: number;
  now: Date;
}

/** Reads the acknowledged state of a run's activation. */
export async function readAcknowledged(
  db: Knex,
  { activation }: Pick<Run, 'activation'>,
): Promise<Acknowledged> {
  const [row] = await rows<
    Omit<Acknowledged, 'list' | 'peak' | 'validity' | 'succeededRuns'> & {
      members: string;
      checksum: string;
      peak: string;
      validity: string | null;
      succeededRuns: string;
    }
  >(
    db,
    `select fingerprint, seed, list_target as target, list_members as members, list_checksum as checksum,
            list_delivered_at as "deliveredAt", list_validity as validity, list_dirty as dirty,
            -- Who was forgotten since is no loss.
            (select coalesce(max(members - (select coalesce(sum(listed), 0) from erasures
                                            where erasures.activation = deliveries.activation
                                              and erased_at > delivered_at)), 0) from deliveries
             where deliveries.activation = activations.id and delivered_at > now() - interval '7 days') as peak,
            coalesce(retried_at <= now() - interval '24 hours', true) as "mayRetryAlone",
            coalesce(retry_at <= now() and coalesce(retried_at <= now() - interval '24 hours', true), false)
              as "retryDue",
            succeeded_runs as "succeededRuns", now() as now
     from activations where id = ?`,
    [activation],
  );
  const { members, checksum, peak, validity, succeededRuns, ...rest } = row!;
  return {
    ...rest,
    validity: validity === null ? null : Number(validity),
    list: { members: Number(members), checksum },
    succeededRuns: Number(succeededRuns),
    peak: Math.max(Number(peak), Number(members)),
  };
}
