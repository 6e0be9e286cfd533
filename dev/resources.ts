import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds for stopping everything. After that, the process ends, and its child processes with it. */
const LIMIT = 30_000;

/** Stops everything that was started, in reverse order, even if it is still starting. */
export class Resources {
  readonly #ends: (() => Promise<void>)[] = [];
  #hasEnded = false;

  /**
   * Registers something that is starting. At the end, it is stopped, after its start has completed. With `abandon`, the
   * end does not wait for the start, because that could take minutes (a download); its child processes must then end
   * with this process.
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
    if (this.#hasEnded) void this.#endAll(); // stops what starts too late
    return starting;
  }

  /** Resolves when everything has stopped, or after the time limit. A server that hangs ends with this process. */
  async end(): Promise<void> {
    await Promise.race([this.#endAll(), sleep(LIMIT, undefined, { ref: false })]);
    this.#hasEnded = true;
  }

  /** Also stops resources that are added meanwhile. */
  async #endAll(): Promise<void> {
    for (let end = this.#ends.pop(); end; end = this.#ends.pop()) await end();
  }
}
