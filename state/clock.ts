import type { Knex } from 'knex';
import { rows } from './state.ts';

/**
 * Returns the time of the state database's clock. All stored times are compared with this one clock, because the clocks
 * of the workers' machines may differ.
 */
export async function readClock(db: Knex): Promise<Date> {
  const [answer] = await rows<{ now: Date }>(db, 'select clock_timestamp() as now');
  return answer!.now;
}
