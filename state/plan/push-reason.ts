import { listTarget } from '../../activation/definition/definition.ts';
import { keepAliveAge } from '../../activation/keep-alive.ts';
import type { Acknowledged } from '../acknowledged.ts';
import type { PushReason } from '../../contract/plan.ts';
import type { Run } from '../runs/runs.ts';

/** Returns why the list is delivered; null if Actito has it and it is valid long enough. */
export function pushReason(
  run: Run,
  acknowledged: Acknowledged,
  { moved, checksum }: { moved: number; checksum: string },
): PushReason | null {
  if (!run.task.sends) return null;
  if (acknowledged.target !== listTarget(run.definition)) return 'first delivery';
  if (acknowledged.dirty) return 'repair';
  if (run.task.resends) return 'resync';
  if (moved > 0 || checksum !== acknowledged.list.checksum) return 'changed';
  // Actito applies a new validity from the next file on. Until then, the list expires when the old one does.
  const { validity } = run.definition.activation.list;
  if (acknowledged.validity !== null && acknowledged.validity !== validity) return 'keep-alive';
  return isKeepAliveDue(run, acknowledged) ? 'keep-alive' : null;
}

function isKeepAliveDue({ definition }: Run, { now, deliveredAt, validity }: Acknowledged): boolean {
  if (deliveredAt === null) return false;
  const { validity: wanted } = definition.activation.list;
  return now.getTime() - deliveredAt.getTime() >= keepAliveAge(Math.min(validity ?? wanted, wanted));
}

/**
 * Returns why the last confirmed list is delivered again, to the same list; null if it is there and valid long enough.
 * A dirty list may contain someone who must not be on it.
 */
export function reasonToKeep(run: Run, acknowledged: Acknowledged): PushReason | null {
  if (acknowledged.target !== listTarget(run.definition)) return null;
  if (acknowledged.dirty) return 'repair';
  return isKeepAliveDue(run, acknowledged) ? 'keep-alive' : null;
}
