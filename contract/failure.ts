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

  /** @deprecated A sentence that is not in the catalogue yet. */
  constructor(reason: FailureType, message: string, options?: FailureOptions);
  constructor(reason: R, facts: FactsOf<R>, options?: FailureOptions);
  constructor(reason: FailureType | R, facts: FactsOf<R> | string, options: FailureOptions = {}) {
    const told =
      typeof facts === 'string' ? { reason, facts: {}, next: [], message: facts } : tell(reason as R, facts);
    super(told.message, { cause: options.cause });
    this.type = typeof facts === 'string' ? (reason as FailureType) : MESSAGES[reason as R].type;
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
