import { judgeAssertions, judgeFreshness } from '../activation/source-guards.ts';
import type { Guards } from '../activation/definition/activation.ts';
import type { GuardTrip } from '../contract/plan.ts';
import type { Warehouse } from './source.ts';

/**
 * Runs the queries of the guards in the snapshot from which the segment is read. Only a single time of their results is
 * used.
 * @returns the guards that hold the run
 */
export async function askSource(
  warehouse: Warehouse,
  { freshness, assertions }: Guards,
  signal: AbortSignal,
): Promise<GuardTrip[]> {
  const trips: (GuardTrip | undefined)[] = [];
  for (const each of [freshness ?? []].flat()) {
    const setting = each.of === undefined ? 'guards.freshness' : `guards.fromModel (${each.of})`;
    const { value } = await warehouse.look({ query: each.query, setting, signal });
    trips.push(judgeFreshness(each, value, await warehouse.clock(signal)));
  }
  const failed: string[] = [];
  for (const [i, { query, message }] of assertions.entries()) {
    const setting = `guards.assertions[${i}]`;
    if ((await warehouse.look({ query, setting, signal })).found) failed.push(message);
  }
  trips.push(judgeAssertions(failed));
  return trips.filter((trip) => trip !== undefined);
}
