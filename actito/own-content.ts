/** Content that is sent to a server. If it fails, that is our own failure and not the server's. */
export class OwnContent {
  readonly #content: AsyncIterable<Uint8Array>;
  bytes = 0;
  failure: { error: unknown } | undefined;

  constructor(content: AsyncIterable<Uint8Array>) {
    this.#content = content;
  }

  async *read(): AsyncGenerator<Uint8Array> {
    const content = this.#content[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await content.next().catch((error: unknown) => {
          this.failure = { error };
          throw error;
        });
        if (next.done) return;
        this.bytes += next.value.length;
        yield next.value; // a broken connection may throw here, which is its own failure
      }
    } finally {
      await content.return?.();
    }
  }
}
