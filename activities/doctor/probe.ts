import { defectOf, isFailure } from '../../contract/failure.ts';
import { temporalFailure } from '../../contract/grpc.ts';
import type { Probe } from '../../contract/probes.ts';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import { stateFailure } from '../../state/failures.ts';
import { cancellation } from '../progress.ts';

/** A probe, and what it found for other probes to go on with; undefined: it failed. */
export interface Probed<T = unknown> {
  probe: Probe;
  found?: T;
}

/** What a probe is told to do. */
export interface Task<T> {
  name: string;
  /** Shown when it fails: where to look. What exactly went wrong, the failure itself says. */
  advice: Told;
  /** @param signal ends the looking: what does not answer must not keep the others from being told */
  look: (signal: AbortSignal) => Promise<{ says: Told | Told[]; found?: T }>;
}

/** Milliseconds that a probe may take; a person waits for all of them. */
const PATIENCE = 30_000;

/** Tries one thing. Whatever goes wrong is its result; only a cancellation of the whole is thrown. */
export async function probe<T>({ name, advice, look }: Task<T>): Promise<Probed<T>> {
  const cancelled = cancellation();
  const signal = AbortSignal.any([cancelled, AbortSignal.timeout(PATIENCE)]);
  try {
    const { says, found } = await untilAborted(look(signal), signal);
    return { probe: { name, ok: true, says: [says].flat() }, found };
  } catch (error) {
    cancelled.throwIfAborted();
    return { probe: { name, ok: false, ...whatFailed(error), advice } };
  }
}

/** A probe that cannot be tried, since one that it builds on has failed. */
export function notTried(name: string, since: string): Probed<never> {
  const says = [tell('probeNotTried', { since })];
  return { probe: { name, ok: false, says, advice: tell('adviseOther', {}) } };
}

/** Not every driver can be told to stop: then its answer is not waited for. */
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
    return { says: [tell('probeSilent', { seconds: PATIENCE / 1000 })] };
  const { type, told } = temporalFailure(error) ?? defectOf(error);
  return { type, says: [told] };
}
