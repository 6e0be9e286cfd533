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
  /** The maximum number of attempts, if the type is retryable; undefined: the retry policy decides. */
  tries?: number;
  /** The original error text of the other system. It may contain personal data, so only the state stores it. */
  words?: string;
}

/**
 * An error for people, as data and as text: what failed, and what to do next. Never contains a key, an attribute value
 * or a secret.
 */
export class Failure<R extends FailureReason = FailureReason> extends Error {
  readonly type: FailureType;
  readonly told: Told;
  /** Milliseconds until the next attempt makes sense; undefined leaves it to the retry policy. */
  retryAfter?: number;
  /** The call certainly had no effect; otherwise, a failed call may have taken effect. The caller can set this. */
  notDone: boolean;
  /**
   * The peer that failed (see activities/peers.ts). A waiting activity continues as soon as the peer has answered
   * another one.
   */
  peer?: string;
  /** From this attempt on, the failure is final. */
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

  /** The same failure with more facts, which its message must accept. */
  withFacts(more: Readonly<Record<string, unknown>>): Failure<R> {
    const { told, cause, retryAfter, notDone, tries, words, peer } = this;
    const reason = told.reason as R;
    const facts = { ...told.facts, ...more } as unknown as FactsOf<R>;
    const failure = new Failure(reason, facts, { cause, retryAfter, notDone, tries, words: words?.open() });
    if (peer !== undefined) failure.peer = peer;
    return failure;
  }
}

/** Whether `error` is a {@link Failure}, of one of the types if any are given. */
export function isFailure(error: unknown, ...types: FailureType[]): error is Failure {
  return error instanceof Failure && (types.length === 0 || types.includes(error.type));
}

/** Converts an unexpected error to a failure that has its kind and code location, but not its message. */
export function defectOf(error: unknown): Failure<'defect'> {
  return new Failure('defect', { kind: kindOf(error), code: knownCode(error), at: ownLines(error) });
}

/** Returns what may be shown of any error: our own message, or the code of a foreign error. */
export function tellable(error: unknown): string {
  return isFailure(error) ? error.message : codeOf(error);
}

export { FAILURE_TYPES, type FailureType } from './messages/types.ts';
