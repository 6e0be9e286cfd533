import type { FactsOf, FailureReason } from './messages/catalogue.ts';
import { MESSAGES } from './messages/catalogue.ts';
import type { Told } from './messages/message.ts';
import { FAILURE_TYPES, type FailureType } from './messages/types.ts';
import { tell } from './messages/tell.ts';

interface FailureOptions {
  cause?: unknown;
  retryAfter?: number;
  notDone?: boolean;
}

/** An error for people, as data and in words: what failed and what to do next; never a key, an attribute value or a secret. */
export class Failure<R extends FailureReason = FailureReason> extends Error {
  readonly type: FailureType;
  readonly told: Told;
  /** Milliseconds until the next attempt makes sense; undefined leaves it to the retry policy. */
  retryAfter?: number;
  /** The call surely had no effect; without it, a failed call may have done its work. A caller may know better. */
  notDone: boolean;

  constructor(reason: R, facts: FactsOf<R>, options: FailureOptions = {}) {
    const told = tell(reason, facts);
    super(told.message, { cause: options.cause });
    this.type = MESSAGES[reason].type;
    this.name = this.type;
    this.told = told;
    this.retryAfter = options.retryAfter;
    this.notDone = options.notDone ?? false;
  }

  get retryable(): boolean {
    return FAILURE_TYPES[this.type].retryable;
  }
}

/** True when `error` is a {@link Failure} of one of the given types (of any type when none is given). */
export function isFailure(error: unknown, ...types: FailureType[]): error is Failure {
  return error instanceof Failure && (types.length === 0 || types.includes(error.type));
}

export { FAILURE_TYPES, type FailureType } from './messages/types.ts';
