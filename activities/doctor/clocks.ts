import { tellDate } from '../../actito/api/date.ts';
import { HOSTS } from '../../actito/contract.ts';
import type { Destination } from '../../activation/definition/destination.ts';
import { Failure, isFailure } from '../../contract/failure.ts';
import { codeOf } from '../../contract/foreign.ts';
import { tell } from '../../contract/messages/tell.ts';
import { resolveUrl } from '../../config/secrets.ts';
import { readClock } from '../../state/clock.ts';
import type { State } from '../../state/state.ts';
import type { Dependencies } from '../dependencies.ts';
import { probe, type Probed } from './probe.ts';

/** In seconds. Tokens are valid for minutes and lists for hours, so a smaller difference does no harm. */
const MOST_APART = 60;

/** Compares the worker's clock with the clock of the state database. */
export function probeStateClock(state: State): Promise<Probed> {
  return probeClock('clock of the state database', () => readClock(state));
}

/** Compares the worker's clock with Actito's. Needs no key, because every answer has a Date header. */
export function probeActitoClock(
  { env }: Dependencies,
  id: string,
  destination: Destination,
): Promise<Probed> {
  return probeClock(`clock of Actito (${id})`, async (signal) => {
    const { environment, baseUrl } = destination;
    const url = environment ? HOSTS[environment] : resolveUrl(baseUrl!, env, 'baseUrl');
    return tellDate(url, env, signal).catch(unreachable);
  });
}

function probeClock(name: string, ask: (signal: AbortSignal) => Promise<Date | null>): Promise<Probed> {
  return probe({
    name,
    advice: tell('adviseClock', {}),
    look: async (signal) => {
      const asked = Date.now();
      const theirs = await ask(signal);
      if (!theirs) return { says: tell('clockUntold', {}) };
      const ours = (asked + Date.now()) / 2;
      const apart = Math.round((theirs.getTime() - ours) / 1000);
      if (Math.abs(apart) <= MOST_APART) return { says: tell('clockApart', { apart }) };
      throw new Failure('clockTooFarApart', { apart, most: MOST_APART });
    },
  });
}

function unreachable(error: Error): never {
  if (isFailure(error)) throw error;
  if (isFailure(error.cause)) throw error.cause; // the answer of a proxy
  if (error.name === 'TimeoutError' || error.name === 'AbortError') throw error;
  throw new Failure('actitoSilent', { why: codeOf(error.cause) });
}
