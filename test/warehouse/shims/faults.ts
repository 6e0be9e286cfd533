import { EventEmitter } from 'node:events';

/** What a shim does wrong, until other faults are set. Counts go down with each use. */
export interface Faults {
  /** How many requests are answered with 429, and the seconds of their Retry-After. */
  rateLimit?: { times: number; retryAfter: number };
  /** How many requests are answered with 503. */
  unavailable?: number;
  /** Statements with at least this many rows fail at this row, as if its value could not be computed. */
  failAtRow?: number;
  /** The rows that the manifest counts more (or, negative, fewer) than are sent. */
  miscount?: number;
  /** Statements run this many milliseconds longer. */
  slow?: number;
  /** The next chunk that is downloaded ends after this many bytes: the connection is cut, or (`cleanly`) HTTP is complete. */
  breakOff?: { afterBytes: number; cleanly?: boolean };
  /** Chunks stop after this many bytes, and go on only when the faults change. */
  holdAfter?: number;
}

/** The current faults of a shim; its event `change` says that other faults were set. */
export class FaultState extends EventEmitter<{ change: [] }> {
  private faults: Faults = {};

  set(faults: Faults): void {
    this.faults = structuredClone(faults);
    this.emit('change');
  }

  get current(): Readonly<Faults> {
    return this.faults;
  }

  /** Takes one answer 429 or 503, if one is due. */
  takeRefusal(): { status: 429; retryAfter: number } | { status: 503 } | undefined {
    const { rateLimit, unavailable = 0 } = this.faults;
    if (rateLimit && rateLimit.times > 0) {
      rateLimit.times -= 1;
      return { status: 429, retryAfter: rateLimit.retryAfter };
    }
    if (unavailable === 0) return undefined;
    this.faults.unavailable = unavailable - 1;
    return { status: 503 };
  }

  /** Takes the break in a body, if one is due. */
  takeBreak(): Faults['breakOff'] {
    const { breakOff } = this.faults;
    delete this.faults.breakOff;
    return breakOff;
  }
}
