import type { RunRequest } from '../../contract/request.ts';

/** How a test runs an activation. */
export interface Ways {
  dryRun?: boolean;
  resync?: boolean;
  /** Takes the segment for what Actito has. */
  rebase?: boolean;
  /** Puts the list back to how it was after this run. */
  undo?: string;
  /** The plan of an undo that is applied; by default a hash that no plan has. */
  plan?: string;
}

/** The request that does that. */
export function requestOf(
  activation: string,
  { dryRun, resync, rebase, undo, plan = '0123456789ab' }: Ways = {},
): RunRequest {
  const reason = 'test';
  if (dryRun) {
    const of = undo !== undefined ? { undo } : resync ? 'resync' : 'sync';
    return { mode: 'preview', activation, of, reason };
  }
  if (undo !== undefined) return { mode: 'undo', activation, to: undo, plan, reason };
  if (rebase) return { mode: 'rebase', activation, reason };
  return { mode: resync ? 'resync' : 'sync', activation, reason };
}
