import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { BACKOFF } from '../activation/periods.ts';
import { isFailure, type Failure, type FailureType } from '../contract/failure.ts';

/** The state database, as a peer. */
export const STATE_PEER = 'state';

/** At most so many activities of a worker wait here; the other slots of the worker are left for activities that can work. */
const MOST_WAITING = 5;
/**
 * If an activity's time is up while an attempt runs, Temporal does not say what the attempt before failed with. So no attempt
 * waits here in the last seconds, in milliseconds: the clocks of Temporal and of this worker can differ.
 */
const CLOCK_SKEW = 10_000;
/** Activities that end on another worker are never forgotten otherwise. */
const MOST_REMEMBERED = 1_000;

/** The pause of an activity after its last failure. */
interface Pause {
  peer: string;
  /** Failures in a row, without the attempts that an answer to somebody else caused. */
  failures: number;
  failedAt: number;
  until: number;
  /** The next attempt waits here, not in Temporal. */
  isHere: boolean;
  /** An answer to somebody else ends the pause. */
  isOpen: boolean;
  /** It was ended like that. */
  wasCut: boolean;
}

/** What {@link Peers.waitOut} needs of the activity. */
interface Waiting {
  signal: AbortSignal;
  /** Says until when it waits. */
  report: (until: Date) => void;
}

/**
 * Knows which peers answer the activities of one worker: Actito, warehouses, file servers, the state database. Temporal's own
 * backoff cannot be ended early. So the attempt after a failure begins at once and waits here, and continues when the peer has
 * answered another activity. If it then fails again, the answer was no sign of recovery (another call, another table): the next
 * pause is waited out in full. So a peer that half works is asked at most twice as often.
 *
 * Only this worker knows the pause. Another worker that gets the next attempt waits out its own pause for that activity, and
 * begins at once if it has none. So with W workers, a peer that is away is asked at most W times as often.
 */
export class Peers {
  readonly #answeredAt = new Map<string, number>();
  readonly #pauses = new Map<string, Pause>();
  readonly #answers = new EventEmitter().setMaxListeners(0);
  readonly #backoff: typeof BACKOFF;

  constructor(backoff: typeof BACKOFF = BACKOFF) {
    this.#backoff = backoff;
  }

  /** Calls a peer, and remembers that it answered, or that the failure is its. */
  async ask<T>(peer: string, type: FailureType, call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call();
      this.answered(peer);
      return answer;
    } catch (error) {
      if (isFailure(error, type)) blame(error, peer);
      throw error;
    }
  }

  /** A peer has answered: activities that wait for it continue. */
  answered(peer: string): void {
    this.#answeredAt.set(peer, performance.now());
    this.#answers.emit(peer);
  }

  /**
   * An attempt of an activity has failed.
   * @param deadline when the time of all attempts is up, in milliseconds since 1970; a pause that reaches it passes in Temporal,
   *   which then ends the activity at once, with this failure
   * @returns milliseconds until Temporal starts the next one; undefined leaves it to the retry policy
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

  /** An activity has ended: no other attempt follows. */
  ended(activity: string): void {
    this.#pauses.delete(activity);
  }

  /** Waits until the pause of an activity is over, or until the peer has answered another activity. */
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

  /** How many activities wait here, or will when Temporal starts them. */
  get #waiting(): number {
    const now = performance.now();
    return [...this.#pauses.values()].filter(({ isHere, until }) => isHere && until > now).length;
  }
}

/** Notes whose failure it is. A limit that is final after a few attempts is not asked earlier: that would use them up. */
export function blame(failure: Failure, peer: string): void {
  if (failure.tries === undefined) failure.peer ??= peer;
}
