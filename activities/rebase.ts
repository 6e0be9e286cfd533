import { rebaseRun } from '../state/settle/rebase.ts';
import type { Dependencies } from './dependencies.ts';
import { untilCancelled } from './progress.ts';
import type { RunRef } from '../contract/steps.ts';

/** Assumes that Actito matches the segment. Sends nothing. @throws Failure RunSuperseded */
export async function rebase({ state }: Dependencies, ref: RunRef): Promise<void> {
  await untilCancelled(rebaseRun(state, ref));
}
