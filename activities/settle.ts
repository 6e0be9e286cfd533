import { settleRun } from '../state/settle/settle.ts';
import type { Dependencies } from './dependencies.ts';
import { untilCancelled } from './progress.ts';
import type { RunRef } from '../contract/steps.ts';

/** Updates the confirmed state with what Actito and the file server confirmed. */
export async function settle({ state }: Dependencies, ref: RunRef): Promise<void> {
  await untilCancelled(settleRun(state, ref));
}
