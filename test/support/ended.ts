import type { RunEnd } from '../../contract/result.ts';

/** The arguments of `closeRun` for a run with this outcome. */
export function ended(
  outcome: 'succeeded' | 'held' | 'failed' | 'cancelled',
  message = 'It did not succeed.',
): RunEnd | null {
  if (outcome === 'succeeded') return null;
  return { type: { held: 'GuardTripped', failed: null, cancelled: 'Cancelled' }[outcome], message };
}
