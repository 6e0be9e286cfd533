import type { Knex } from 'knex';
import { rows } from './state.ts';

/**
 * What the time is, by the state database's clock. Workers on several machines compare the moments that are stored with
 * this one clock, since the clocks of their machines may differ.
 */
export async function readClock(db: Knex): Promise<Date> {
  const [answer] = await rows<{ now: Date }>(db, 'select clock_timestamp() as now');
  return answer!.now;
}
