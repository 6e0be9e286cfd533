import { findDelivered } from '../state/lists/deliveries.ts';
import { readPlanned } from '../state/runs/runs.ts';
import { deliver } from './deliver.ts';
import type { Dependencies } from './dependencies.ts';
import type { RunRef } from './run-ref.ts';

/** Delivers the full membership as planned. @throws Failure StateDamaged, RunSuperseded, Delivery… */
export async function pushList(deps: Dependencies, ref: RunRef): Promise<{ members: number }> {
  const run = await readPlanned(deps.state, ref.run);
  const { list, push } = run.plan;
  if (!(await findDelivered(deps.state, ref.run, 'plan')))
    await deliver(deps, ref, run, { kind: 'plan', reason: push!, list });
  return { members: list.members };
}
