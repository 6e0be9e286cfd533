import { tell } from '../contract/messages/tell.ts';
import type { PushSummary } from '../contract/steps.ts';
import { findDelivered } from '../state/lists/deliveries.ts';
import { judgeMatches } from '../state/plan/hold.ts';
import { deliver } from './deliver.ts';
import type { Dependencies } from './dependencies.ts';
import { planSummary } from './plan.ts';
import { untilCancelled } from './progress.ts';
import type { RunRef } from '../contract/steps.ts';

/**
 * Delivers the full list as planned, unless Actito matches too few of the added members. This is checked here and not
 * after the import, because an import can also fail, or not end in time.
 * @throws Failure StateDamaged, RunSuperseded, Delivery…
 */
export async function pushList(deps: Dependencies, ref: RunRef): Promise<PushSummary> {
  const run = await untilCancelled(judgeMatches(deps.state, ref));
  const { guards, list, push } = run.plan;
  if (guards.length > 0) return { held: planSummary(run) };
  const { members } = list;
  if (await findDelivered(deps.state, ref.run, 'plan')) return { members };
  const unseen = await deliver(deps, ref, run, { kind: 'plan', reason: push!, list });
  if (!unseen) return { members };
  return { members, unseen: tell('listUnseen', { failure: unseen.message, when: 'before' }) };
}
