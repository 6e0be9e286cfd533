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
    const setting = settingOf('guards.freshness', each.of);
    const { value } = await warehouse.look({ query: each.query, setting, signal });
    trips.push(judgeFreshness(each, value, await warehouse.clock(signal)));
  }
  const failed: string[] = [];
  for (const [i, { query, message, of }] of assertions.entries()) {
    const setting = settingOf(`guards.assertions[${i}]`, of);
    if ((await warehouse.look({ query, setting, signal })).found) failed.push(message);
  }
  trips.push(judgeAssertions(failed));
  return trips.filter((trip) => trip !== undefined);
}

/** Names a query in errors; one that the activation's file does not have by its source or test in dbt. */
function settingOf(own: string, of: string | undefined): string {
  return of === undefined ? own : `guards.fromModel (${of})`;
}
