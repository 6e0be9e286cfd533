/** The maximum time without progress, in milliseconds, unless `delivery.timeout` is set. */
export const NO_PROGRESS = 60_000;

/** Nothing happened for too long while we waited for the server. */
export class NoProgress extends Error {
  readonly seconds: number;

  constructor(limit: number) {
    super(`no progress for ${limit / 1000} s`);
    this.name = 'NoProgress';
    this.seconds = limit / 1000;
  }
}

/**
 * Watches a connection while we wait for the server. A server can keep its connection alive and still do nothing, so
 * keep-alive packets are no progress. The driver reports progress: an answer, or accepted bytes of a file.
 */
export class Progress {
  readonly #limit: number;
  readonly #end: (error: NoProgress) => void;
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  /**
   * @param limit milliseconds
   * @param end ends the connection and all running calls
   */
  constructor(limit: number, end: (error: NoProgress) => void) {
    this.#limit = limit;
    this.#end = end;
  }

  /** Reports that the server has answered, or that bytes were transferred in either direction. */
  moved(): void {
    this.#timer?.refresh();
  }

  /**
   * Counts the time while `work` waits for the server. Several can run at the same time; the end of each is progress as
   * well.
   */
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

  /** Stops watching, because the connection is closed. */
  stop(): void {
    this.#isStopped = true;
    this.#rest();
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
