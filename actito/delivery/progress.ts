/** The longest time without progress, in milliseconds, unless `delivery.timeout` says otherwise. */
export const NO_PROGRESS = 60_000;

/** Nothing moved for too long while it was the server's turn. */
export class NoProgress extends Error {
  readonly seconds: number;

  constructor(limit: number) {
    super(`no progress for ${limit / 1000} s`);
    this.name = 'NoProgress';
    this.seconds = limit / 1000;
  }
}

/**
 * Watches a connection while a server has something to do for us. A server can keep its connection alive and still do
 * nothing, so keep-alive packets are no progress: the driver says what is (an answer, bytes of a file that were taken).
 */
export class Progress {
  readonly #limit: number;
  readonly #end: (error: NoProgress) => void;
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  /**
   * @param limit milliseconds
   * @param end ends the connection and every call under way
   */
  constructor(limit: number, end: (error: NoProgress) => void) {
    this.#limit = limit;
    this.#end = end;
  }

  /** The server has answered, or bytes have moved in either direction. */
  moved(): void {
    this.#timer?.refresh();
  }

  /** Counts while `work` waits for the server. Work of any number at one time; each that ends is progress as well. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting++;
    if (!this.#isStopped) {
      this.#timer ??= setTimeout(() => this.#end(new NoProgress(this.#limit)), this.#limit);
    }
    try {
      return await work();
    } finally {
      if (--this.#waiting === 0) this.#rest();
      else this.moved();
    }
  }

  /** Watches no more: the connection is closed. */
  stop(): void {
    this.#isStopped = true;
    this.#rest();
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
