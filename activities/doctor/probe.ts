import { defectOf, isFailure } from '../../contract/failure.ts';
import { temporalFailure } from '../../contract/grpc.ts';
import type { Probe } from '../../contract/probes.ts';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import { stateFailure } from '../../state/failures.ts';
import { cancellation } from '../progress.ts';

/** A check, and what it found for later checks; undefined: it failed. */
export interface Probed<T = unknown> {
  probe: Probe;
  found?: T;
}

/** What a check does. */
export interface Task<T> {
  name: string;
  /** What to do if the check fails. The failure itself says what went wrong. */
  advice: Told;
  /** @param signal ends the check, so that a server that does not respond does not block the other results */
  look: (signal: AbortSignal) => Promise<{ says: Told | Told[]; found?: T }>;
}

/** The timeout of a check in milliseconds; a person is waiting for all of them. */
const TIMEOUT = 30_000;

/** Runs one check. Every error is a result; only a cancellation is thrown. */
export async function probe<T>({ name, advice, look }: Task<T>): Promise<Probed<T>> {
  const cancelled = cancellation();
  const signal = AbortSignal.any([cancelled, AbortSignal.timeout(TIMEOUT)]);
  try {
    const { says, found } = await untilAborted(look(signal), signal);
    return { probe: { name, ok: true, says: [says].flat() }, found };
  } catch (error) {
    cancelled.throwIfAborted();
    return { probe: { name, ok: false, ...whatFailed(error), advice } };
  }
}

/** A check that was not run because an earlier check failed. */
export function notTried(name: string, since: string): Probed<never> {
  const says = [tell('probeNotTried', { since })];
  return { probe: { name, ok: false, says, advice: tell('adviseOther', {}) } };
}

/** Some drivers cannot be stopped; then their result is ignored. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return Promise.race([work, aborted]);
}

function whatFailed(error: unknown): Pick<Probe, 'type' | 'says'> {
  const known = isFailure(error) ? error : stateFailure(error);
  if (known) return { type: known.type, says: [known.told] };
  if (error instanceof Error && error.name === 'TimeoutError')
    return { says: [tell('probeSilent', { seconds: TIMEOUT / 1000 })] };
  const { type, told } = temporalFailure(error) ?? defectOf(error);
  return { type, says: [told] };
}
