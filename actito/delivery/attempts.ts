import { Interruption } from './interruption.ts';

/** What the calls of one connection need: how to cut it, and what its errors mean in our vocabulary. */
interface Connection<Step> {
  /** Must be harmless at any moment, also before the connection stands. */
  destroy: () => void;
  failure: (step: Step, error: unknown) => unknown;
}

/** The calls of one connection: each ends with the cancellation at once, and fails in our vocabulary. */
export class Attempts<Step> {
  readonly #signal: AbortSignal;
  readonly #connection: Connection<Step>;
  readonly #interruption = new Interruption();

  constructor(signal: AbortSignal, connection: Connection<Step>) {
    this.#signal = signal;
    this.#connection = connection;
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** @throws the signal's reason, or what `failure` makes of the error. */
  async run<T>(step: Step, action: () => Promise<T>): Promise<T> {
    try {
      this.#signal.throwIfAborted();
      return await this.#interruption.race(action());
    } catch (error) {
      this.#signal.throwIfAborted();
      throw this.#connection.failure(step, error);
    }
  }

  /** Nothing can be called any more: it was canceled, or the connection has ended. */
  get isOver(): boolean {
    return this.#signal.aborted || this.#interruption.isOver;
  }

  /** Ends the call under way with `error`, and every later one. */
  interrupt(error: Error): void {
    this.#connection.destroy();
    this.#interruption.interrupt(error);
  }

  /** The connection is closed by its owner: a later cancellation is none of its business. */
  stop(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = () => this.interrupt(this.#signal.reason as Error);
}
