import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds for stopping everything; after that, the process ends with all of its child processes. */
const LIMIT = 30_000;

/** Stops what was started, last first, in whatever state it is. */
export class Resources {
  readonly #ends: (() => Promise<void>)[] = [];
  #hasEnded = false;

  /**
   * Takes care of something that is starting: at the end it is stopped, and waited for when it is still starting.
   * `abandon`: not waited for, because that could take minutes (a download); what it has begun must end with this
   * process by itself.
   */
  start<T>(
    starting: Promise<T>,
    stop: (started: T) => Promise<unknown>,
    { abandon = false } = {},
  ): Promise<T> {
    let isStarting = true;
    const settled = starting.then(
      (started) => {
        isStarting = false;
        return { started };
      },
      () => undefined, // the caller that awaits `starting` gets the error
    );
    this.#ends.push(async () => {
      if (isStarting && abandon) return;
      const result = await settled;
      if (result) await stop(result.started);
    });
    if (this.#hasEnded) void this.#endAll(); // what starts too late is stopped immediately
    return starting;
  }

  /** Resolves when all has ended, or when it is no use to wait any longer: a server that hangs ends with us. */
  async end(): Promise<void> {
    await Promise.race([this.#endAll(), sleep(LIMIT, undefined, { ref: false })]);
    this.#hasEnded = true;
  }

  /** Also stops what is started meanwhile. */
  async #endAll(): Promise<void> {
    for (let end = this.#ends.pop(); end; end = this.#ends.pop()) await end();
  }
}
