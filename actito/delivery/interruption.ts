/**
 * Ends all waits immediately. It is not one promise that all waits race with, because such a long-lived promise would
 * keep the result of each race, so every packet of an upload, in memory until the end.
 */
export class Interruption {
  readonly #waiting = new Set<(error: Error) => void>();
  #error: Error | undefined;

  /** From now on, all current and future waits fail with `error`. */
  interrupt(error: Error): void {
    this.#error ??= error;
    for (const reject of this.#waiting) reject(error);
    this.#waiting.clear();
  }

  get isOver(): boolean {
    return this.#error !== undefined;
  }

  /** Waits for `work`, or for the interruption. */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#error) {
        work.catch(() => undefined); // nothing waits for it any more
        reject(this.#error);
        return;
      }
      this.#waiting.add(reject);
      work.then(resolve, reject).finally(() => this.#waiting.delete(reject));
    });
  }
}
