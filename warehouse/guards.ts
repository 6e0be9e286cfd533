import { judgeAssertions, judgeFreshness } from '../activation/source-guards.ts';
import type { Guards } from '../activation/definition/activation.ts';
import type { GuardTrip } from '../contract/plan.ts';
import type { Warehouse } from './source.ts';

/**
 * Asks the warehouse what guards want to know of it, in the snapshot that the segment is read from. Of what the
 * queries return only the one moment is looked at.
 * @returns those that hold the run
 */
export async function askSource(
  warehouse: Warehouse,
  { freshness, assertions }: Guards,
  signal: AbortSignal,
): Promise<GuardTrip[]> {
  const trips: (GuardTrip | undefined)[] = [];
  if (freshness) {
    const setting = 'guards.freshness';
    const { value } = await warehouse.look({ query: freshness.query, setting, signal });
    trips.push(judgeFreshness(freshness, value, await warehouse.clock(signal)));
  }
  const failed: string[] = [];
  for (const [i, { query, message }] of assertions.entries()) {
    const setting = `guards.assertions[${i}]`;
    if ((await warehouse.look({ query, setting, signal })).found) failed.push(message);
  }
  trips.push(judgeAssertions(failed));
  return trips.filter((trip) => trip !== undefined);
}
