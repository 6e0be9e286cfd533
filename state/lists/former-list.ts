import type { Knex } from 'knex';
import type { Definition } from '../../activation/definition/definition.ts';
import { rows } from '../state.ts';

/**
 * Returns the definition with which an activation's list was delivered last, and when; undefined before the first
 * delivery.
 */
export async function readFormerList(
  db: Knex,
  activation: string,
): Promise<{ definition: Definition; deliveredAt: Date } | undefined> {
  const [former] = await rows<{ definition: Definition; deliveredAt: Date }>(
    db,
    `select runs.definition, delivered_at as "deliveredAt"
     from deliveries join runs on runs.no = deliveries.run
     where deliveries.activation = ? and delivered_at is not null order by deliveries.id desc limit 1`,
    [activation],
  );
  return former;
}
