import type { FactsOf, FailureReason } from './messages/catalogue.ts';
import { MESSAGES } from './messages/catalogue.ts';
import type { Told } from './messages/message.ts';
import { FAILURE_TYPES, type FailureType } from './messages/types.ts';
import { codeOf, kindOf, knownCode, ownLines, Sealed } from './foreign.ts';
import { tell } from './messages/tell.ts';

interface FailureOptions {
  cause?: unknown;
  retryAfter?: number;
  notDone?: boolean;
  /** How often it is tried at most, if it can be tried again at all; undefined leaves it to the retry policy. */
  tries?: number;
  /** What the other said in its own words: kept in the state by the activity that it ends, and shown nowhere else. */
  words?: string;
}

/** An error for people, as data and in words: what failed and what to do next; never a key, an attribute value or a secret. */
export class Failure<R extends FailureReason = FailureReason> extends Error {
  readonly type: FailureType;
  readonly told: Told;
  /** Milliseconds until the next attempt makes sense; undefined leaves it to the retry policy. */
  retryAfter?: number;
  /** The call surely had no effect; without it, a failed call may have done its work. A caller may know better. */
  notDone: boolean;
  /** The peer that failed (see activities/peers.ts). An activity that waits for it continues when the peer has answered another one. */
  peer?: string;
  /** From this try on it is final. */
  readonly tries?: number;
  readonly words?: Sealed;

  constructor(reason: R, facts: FactsOf<R>, options: FailureOptions = {}) {
    const told = tell(reason, facts);
    super(told.message, { cause: options.cause });
    this.type = MESSAGES[reason].type;
    this.name = this.type;
    this.told = told;
    this.retryAfter = options.retryAfter;
    this.notDone = options.notDone ?? false;
    if (options.tries !== undefined) this.tries = options.tries;
    if (options.words) this.words = new Sealed(options.words);
  }

  get retryable(): boolean {
    return FAILURE_TYPES[this.type].retryable;
  }
}

/** True when `error` is a {@link Failure} of one of the given types (of any type when none is given). */
export function isFailure(error: unknown, ...types: FailureType[]): error is Failure {
  return error instanceof Failure && (types.length === 0 || types.includes(error.type));
}

/** An error that nobody has foreseen, as a failure of ours: its kind and where it was thrown, and nothing that it says. */
export function defectOf(error: unknown): Failure<'defect'> {
  return new Failure('defect', { kind: kindOf(error), code: knownCode(error), at: ownLines(error) });
}

/** What may be told of any error: our own words, or of a foreign one its code. */
export function tellable(error: unknown): string {
  return isFailure(error) ? error.message : codeOf(error);
}

export { FAILURE_TYPES, type FailureType } from './messages/types.ts';
