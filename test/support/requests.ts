import type { RunRequest } from '../../contract/request.ts';

/** How a test runs an activation. */
export interface Ways {
  dryRun?: boolean;
  resync?: boolean;
  /** Assumes that Actito already matches the segment. */
  rebase?: boolean;
  /** Restores the list of this run. */
  undo?: string;
  /** The plan of an undo that is applied; by default a hash that no plan has. */
  plan?: string;
}

/** The request for these options. */
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
