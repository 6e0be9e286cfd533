import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { BACKOFF } from '../activation/periods.ts';
import { isFailure, type Failure, type FailureType } from '../contract/failure.ts';

/** The state database, as a peer. */
export const STATE_PEER = 'state';

/**
 * The maximum number of activities of a worker that wait here. The worker's other slots are left for activities that
 * can work.
 */
const MOST_WAITING = 5;
/**
 * An activity that times out while an attempt waits here fails with a timeout, and not with its last failure. So no attempt waits
 * here in the last seconds, in milliseconds: the clocks of Temporal and of this worker can differ.
 */
const CLOCK_SKEW = 10_000;
/** Limits what is remembered, because this worker does not learn about activities that end on another worker. */
const MOST_REMEMBERED = 1_000;

/** The backoff of an activity after its last failure. */
interface Pause {
  peer: string;
  /** Failures in a row, without attempts that started early because the peer answered another activity. */
  failures: number;
  failedAt: number;
  until: number;
  /** The next attempt waits here and not in Temporal. */
  isHere: boolean;
  /** The peer answered another activity, so this one may continue. */
  isOpen: boolean;
  /** The last pause was ended early for that reason. */
  wasCut: boolean;
}

/** What {@link Peers.waitOut} needs from the activity. */
interface Waiting {
  signal: AbortSignal;
  /** Reports until when it waits. */
  report: (until: Date) => void;
}

/**
 * Records which peers respond to the activities of one worker: Actito, warehouses, file servers, the state database.
 * Temporal's own backoff cannot be ended early. So the attempt after a failure starts immediately and waits here, and
 * continues when the peer has answered another activity. If it then fails again, that answer was no sign of recovery
 * (another call, another table), and the next backoff is waited out in full. So a peer that works only partly gets at
 * most twice as many requests.
 *
 * Only this worker knows the backoff. If another worker gets the next attempt, it waits out its own backoff for that
 * activity, or starts at once if it has none. So with W workers, a peer that does not respond gets at most W times as many
 * requests.
 */
export class Peers {
  readonly #answeredAt = new Map<string, number>();
  readonly #pauses = new Map<string, Pause>();
  readonly #answers = new EventEmitter().setMaxListeners(0);
  readonly #backoff: typeof BACKOFF;

  constructor(backoff: typeof BACKOFF = BACKOFF) {
    this.#backoff = backoff;
  }

  /**
   * Calls a peer, and records that it answered, or that it caused the failure.
   * @param isAnswer whether the peer itself answered with an error, so it responds
   */
  async ask<T>(
    peer: string,
    type: FailureType,
    call: () => Promise<T>,
    isAnswer: (error: unknown) => boolean = () => false,
  ): Promise<T> {
    try {
      const answer = await call();
      this.answered(peer);
      return answer;
    } catch (error) {
      if (isFailure(error, type)) blame(error, peer);
      else if (isAnswer(error)) this.answered(peer);
      throw error;
    }
  }

  /** A peer has answered: activities that wait for it continue. */
  answered(peer: string): void {
    this.#answeredAt.set(peer, performance.now());
    this.#answers.emit(peer);
  }

  /**
   * Records that an attempt of an activity has failed.
   * @param deadline when all attempts together time out, in milliseconds since 1970. Temporal waits for a backoff that
   *   reaches it, and then ends the activity at once with this failure.
   * @returns milliseconds until Temporal starts the next attempt; undefined leaves it to the retry policy
   */
  failed(
    activity: string,
    { retryAfter, peer }: Pick<Failure, 'retryAfter' | 'peer'>,
    deadline = Infinity,
  ): number | undefined {
    const before = this.#pauses.get(activity);
    this.#pauses.delete(activity);
    if (retryAfter !== undefined || peer === undefined) return retryAfter;
    const same = before?.peer === peer ? before : undefined;
    const failures = (same?.failures ?? 0) + (same?.wasCut ? 0 : 1);
    const { first, longest } = this.#backoff;
    const pause = Math.min(longest, first * 2 ** Math.min(failures - 1, 30));
    const failedAt = performance.now();
    const isInTime = Date.now() + pause + CLOCK_SKEW < deadline;
    const isHere = pause > first && isInTime && this.#waiting < MOST_WAITING;
    const isOpen = same?.wasCut !== true;
    const until = failedAt + pause;
    this.#pauses.set(activity, { peer, failures, failedAt, until, isHere, isOpen, wasCut: false });
    if (this.#pauses.size > MOST_REMEMBERED) this.#pauses.delete(this.#pauses.keys().next().value!);
    return isHere ? first : pause;
  }

  /** Records that an activity has ended: no other attempt follows. */
  ended(activity: string): void {
    this.#pauses.delete(activity);
  }

  /** Waits until the backoff of an activity is over, or until the peer has answered another activity. */
  async waitOut(activity: string, { signal, report }: Waiting): Promise<void> {
    const pause = this.#pauses.get(activity);
    if (!pause?.isHere) return;
    const { peer, until, failedAt, isOpen } = pause;
    const left = until - performance.now();
    if (left <= 0) return;
    const isAnswered = () => isOpen && (this.#answeredAt.get(peer) ?? -Infinity) > failedAt;
    if (!isAnswered()) {
      report(new Date(Date.now() + left));
      await this.#sleep(left, { signal, peer: isOpen ? peer : undefined });
    }
    pause.wasCut = isAnswered();
  }

  async #sleep(left: number, { signal, peer }: { signal: AbortSignal; peer?: string }): Promise<void> {
    const over = new AbortController();
    const either = { signal: AbortSignal.any([signal, over.signal]) };
    const waits = [sleep(left, undefined, either), ...(peer ? [once(this.#answers, peer, either)] : [])];
    try {
      await Promise.race(waits);
    } finally {
      over.abort();
      await Promise.allSettled(waits);
    }
  }

  /** The number of activities that wait here, or will when Temporal starts them. */
  get #waiting(): number {
    const now = performance.now();
    return [...this.#pauses.values()].filter(({ isHere, until }) => isHere && until > now).length;
  }
}

/**
 * Records which peer caused a failure. A limit that is final after a few attempts is not retried earlier, because that
 * would use up the attempts.
 */
export function blame(failure: Failure, peer: string): void {
  if (failure.tries === undefined) failure.peer ??= peer;
}
