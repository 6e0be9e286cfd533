import type { Knex } from 'knex';
import { interval, PEAK_PERIOD } from '../activation/periods.ts';
import type { Run } from './runs/runs.ts';
import { rows } from './state.ts';

/** What Actito or the file server confirmed for an activation. */
export interface Acknowledged {
  /** Secret seed of this activation's hashes. */
  seed: string;
  target: string | null;
  list: { members: number; checksum: string };
  /** When the list was last delivered, by the database's clock. */
  deliveredAt: Date | null;
  /** The list's validity in Actito at its last delivery, in milliseconds; null if unknown. */
  validity: number | null;
  /** A delivery began and did not finish, so the content of the file server is unknown. */
  dirty: boolean;
  /** The largest list delivered in the last 7 days. */
  peak: number;
  /** Members wait for an import, according to the last settlement. */
  waiting: boolean;
  now: Date;
}

/** Reads the confirmed state of a run's activation. */
export async function readAcknowledged(
  db: Knex,
  { activation }: Pick<Run, 'activation'>,
): Promise<Acknowledged> {
  const [row] = await rows<
    Omit<Acknowledged, 'list' | 'peak' | 'validity'> & {
      members: string;
      checksum: string;
      peak: string;
      validity: string | null;
    }
  >(
    db,
    `select seed, waiting, list_target as target, list_members as members, list_checksum as checksum,
            list_delivered_at as "deliveredAt", list_validity as validity, list_dirty as dirty,
            -- Who was forgotten since is no loss.
            (select coalesce(max(members - (select coalesce(sum(listed), 0) from erasures
                                            where erasures.activation = deliveries.activation
                                              and erased_at > delivered_at)), 0) from deliveries
             where deliveries.activation = activations.id and delivered_at > now() - ${interval(PEAK_PERIOD)}) as peak,
            now() as now
     from activations where id = ?`,
    [activation],
  );
  const { members, checksum, peak, validity, ...rest } = row!;
  return {
    ...rest,
    validity: validity === null ? null : Number(validity),
    list: { members: Number(members), checksum },
    peak: Math.max(Number(peak), Number(members)),
  };
}

/** Returns what an activation delivered last, in the form of listTarget; null if it delivered nothing yet. */
export async function deliveredTarget(db: Knex, activation: string): Promise<string | null> {
  const [row] = await rows<{ target: string | null }>(
    db,
    'select list_target as target from activations where id = ?',
    [activation],
  );
  return row?.target ?? null;
}
