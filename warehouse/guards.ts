import { judgeAssertions, judgeFreshness, judgeModelTests } from '../activation/source-guards.ts';
import type { Guards } from '../activation/definition/activation.ts';
import type { GuardTrip, PassedChecks } from '../contract/plan.ts';
import type { Warehouse } from './source.ts';

/** A query that must return no row. */
interface Check {
  /** What people call it. */
  name: string;
  query: string;
  /** Where it is from, for errors. */
  setting: string;
}

/**
 * Runs the queries of the guards in the snapshot from which the segment is read. Only a single time of their results is
 * used.
 * @returns the guards that hold the run, and the checks that passed
 */
export async function askSource(
  warehouse: Warehouse,
  { freshness, assertions, modelTests }: Guards,
  signal: AbortSignal,
): Promise<{ guards: GuardTrip[]; passed: PassedChecks }> {
  const outcomes = async (checks: readonly Check[]) => {
    const [failed, passed]: [string[], string[]] = [[], []];
    for (const { name, query, setting } of checks)
      ((await warehouse.look({ query, setting, signal })).found ? failed : passed).push(name);
    return { failed, passed };
  };
  const trips: (GuardTrip | undefined)[] = [];
  for (const each of [freshness ?? []].flat()) {
    const setting = each.of === undefined ? 'guards.freshness' : fromModel(each.of);
    const { value } = await warehouse.look({ query: each.query, setting, signal });
    trips.push(judgeFreshness(each, value, await warehouse.clock(signal)));
  }
  const { model, tests } = modelTests ?? { model: '', tests: [] };
  const asserted = await outcomes(
    assertions.map(({ message, query }, i) => ({ name: message, query, setting: `guards.assertions[${i}]` })),
  );
  const tested = await outcomes(tests.map((test) => ({ ...test, setting: fromModel(test.name) })));
  trips.push(judgeAssertions(asserted.failed), judgeModelTests(model, tested.failed));
  return {
    guards: trips.filter((trip) => trip !== undefined),
    passed: { assertions: asserted.passed, tests: tested.passed },
  };
}

/** Names a query that the activation's file does not have by its source or test in dbt. */
function fromModel(name: string): string {
  return `guards.fromModel (${name})`;
}
