import { rebaseRun } from '../state/settle/rebase.ts';
import type { Dependencies } from './dependencies.ts';
import { untilCancelled } from './progress.ts';
import type { RunRef } from '../contract/steps.ts';

/** Takes the segment for what Actito has; nothing is sent. @throws Failure StageLost */
export async function rebase({ state }: Dependencies, ref: RunRef): Promise<void> {
  await untilCancelled(rebaseRun(state, ref));
}
