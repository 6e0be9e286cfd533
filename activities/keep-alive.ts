import { keepAliveInstead } from '../state/keep-alive.ts';
import type { PushReason } from '../state/runs/runs.ts';
import type { Dependencies } from './dependencies.ts';
import { untilCancelled } from './progress.ts';
import { pushList } from './push-list.ts';
import type { RunRef } from './run-ref.ts';

/**
 * After a failure: delivers the list as it was, when it would expire before long.
 * @returns why that was due, and is done; null: it was not
 * @throws Failure RunSuperseded, Delivery…
 */
export async function keepAlive(deps: Dependencies, ref: RunRef): Promise<PushReason | null> {
  const push = await untilCancelled(keepAliveInstead(deps.state, ref));
  if (push !== null) await pushList(deps, ref);
  return push;
}
