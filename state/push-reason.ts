import { listTarget } from '../activation/definition/definition.ts';
import type { Acknowledged } from './acknowledged.ts';
import type { Plan, PushReason, Run } from './runs.ts';

/**
 * Half of the validity, less a little: the run that comes a day after the last one must find half of 48 hours gone,
 * although it plans some seconds earlier in its day than the last one delivered.
 */
function keepAliveAge(validity: number): number {
  return validity / 2 - validity / 48;
}

/** Why the list is pushed; null: it is as Actito has it, and valid long enough. */
export function pushReason(
  run: Run,
  acknowledged: Acknowledged,
  { moved, checksum }: { moved: number; checksum: string },
): PushReason | null {
  if (acknowledged.deliveredAt === null || acknowledged.target !== listTarget(run.definition)) {
    return 'first delivery';
  }
  if (acknowledged.dirty) return 'repair';
  if (run.resync) return 'resync';
  if (moved > 0 || checksum !== acknowledged.list.checksum) return 'changed';
  return isKeepAliveDue(run, acknowledged) ? 'keep-alive' : null;
}

function isKeepAliveDue({ definition }: Run, { now, deliveredAt }: Acknowledged): boolean {
  if (deliveredAt === null) return false;
  return now.getTime() - deliveredAt.getTime() >= keepAliveAge(definition.activation.list.validity);
}

/**
 * A held run writes nothing new. But the list must not expire while someone thinks: when it is time to keep it alive,
 * the membership that was acknowledged last is delivered again.
 */
export function heldBack(run: Run, plan: Plan, acknowledged: Acknowledged): Plan {
  if (plan.guards.length === 0) return plan;
  const { members, checksum } = acknowledged.list;
  const isDue = acknowledged.target === listTarget(run.definition) && isKeepAliveDue(run, acknowledged);
  return { ...plan, push: isDue ? 'keep-alive' : null, list: { members, checksum, from: 'members' } };
}
