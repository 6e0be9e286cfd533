import { isFailure } from '../../contract/failure.ts';
import type { Probe } from '../../contract/doctor.ts';
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
  advice: string;
  /** @param signal ends the looking: what does not answer must not keep the others from being told */
  look: (signal: AbortSignal) => Promise<{ detail: string; found?: T }>;
}

/** Milliseconds that a probe may take; a person waits for all of them. */
const PATIENCE = 30_000;

/** Tries one thing. Whatever goes wrong is its result; only a cancellation of the whole is thrown. */
export async function probe<T>({ name, advice, look }: Task<T>): Promise<Probed<T>> {
  const cancelled = cancellation();
  const signal = AbortSignal.any([cancelled, AbortSignal.timeout(PATIENCE)]);
  try {
    const { detail, found } = await untilAborted(look(signal), signal);
    return { probe: { name, ok: true, detail }, found };
  } catch (error) {
    cancelled.throwIfAborted();
    return { probe: { name, ok: false, detail: inWords(error), advice } };
  }
}

/** A probe that cannot be tried, since one that it builds on has failed. */
export function notTried(name: string, since: string): Probed<never> {
  const detail = `not tried, since the probe "${since}" failed`;
  return { probe: { name, ok: false, detail, advice: 'Mend that one first.' } };
}

/** Not every driver can be told to stop: then its answer is not waited for. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return Promise.race([work, aborted]);
}

function inWords(error: unknown): string {
  const known = isFailure(error) ? error : stateFailure(error);
  if (known) return `${known.type}: ${known.message}`;
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${PATIENCE / 1000} seconds`;
  return `${error.name}: ${error.message}`;
}
