import { keepAliveInstead } from '../state/keep-alive.ts';
import type { Dependencies } from './dependencies.ts';
import { untilCancelled } from './progress.ts';
import { pushList } from './push-list.ts';
import type { RunRef } from './run-ref.ts';

/**
 * After a failure: delivers the list as it was, when it would expire before long.
 * @returns whether that was due, and is done
 * @throws Failure RunSuperseded, Delivery…
 */
export async function keepAlive(deps: Dependencies, ref: RunRef): Promise<boolean> {
  if (!(await untilCancelled(keepAliveInstead(deps.state, ref)))) return false;
  await pushList(deps, ref);
  return true;
}
