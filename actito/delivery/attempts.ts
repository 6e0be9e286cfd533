import { Interruption } from './interruption.ts';

/** What the calls of one connection need: how to end it, and how to convert its errors into failures. */
interface Connection<Step> {
  /** Must be harmless at any time, also before the connection is open. */
  destroy: () => void;
  failure: (step: Step, error: unknown) => unknown;
}

/** The calls of one connection. Each ends immediately on cancellation, and its errors become failures. */
export class Attempts<Step> {
  readonly #signal: AbortSignal;
  readonly #connection: Connection<Step>;
  readonly #interruption = new Interruption();

  constructor(signal: AbortSignal, connection: Connection<Step>) {
    this.#signal = signal;
    this.#connection = connection;
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** @throws the signal's reason, or the result of `failure` for the error */
  async run<T>(step: Step, action: () => Promise<T>): Promise<T> {
    try {
      this.#signal.throwIfAborted();
      return await this.#interruption.race(action());
    } catch (error) {
      this.#signal.throwIfAborted();
      throw this.#connection.failure(step, error);
    }
  }

  /** No more calls are possible: it was canceled, or the connection has ended. */
  get isOver(): boolean {
    return this.#signal.aborted || this.#interruption.isOver;
  }

  /** Ends the current call with `error`, and every later one. */
  interrupt(error: Error): void {
    this.#connection.destroy();
    this.#interruption.interrupt(error);
  }

  /** The connection was closed by its owner, so a later cancellation does not affect it. */
  stop(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = () => this.interrupt(this.#signal.reason as Error);
}
