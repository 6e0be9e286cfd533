/** Ends what was started, last first, whatever state it is in. */
export class Resources {
  readonly #ends: (() => Promise<void>)[] = [];

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
      () => undefined, // whoever awaits `starting` sees the error
    );
    this.#ends.push(async () => {
      if (isStarting && abandon) return;
      const result = await settled;
      if (result) await stop(result.started);
    });
    return starting;
  }

  async end(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end();
  }
}
