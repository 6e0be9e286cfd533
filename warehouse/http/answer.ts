import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

/** Reading pauses when a consumer has left so many bytes. */
const MOST = 512 * 1024;

/** An answer of a server, as soon as its head has arrived. */
export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Throws what ended the connection, after all bytes that arrived before. An early stop ends the request. */
  body: AsyncIterable<Buffer>;
}

/**
 * Receives an answer. Unlike the streams of undici and Node, it loses no bytes that arrived before an error: a server may
 * say there why it ends the connection.
 */
export class Receiver implements Dispatcher.DispatchHandler {
  readonly answer: Promise<HttpAnswer>;
  readonly #signal: AbortSignal | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #resolve!: (answer: HttpAnswer) => void;
  #reject!: (error: Error) => void;
  #pieces: Buffer[] = [];
  #size = 0;
  #end: { error?: Error } | undefined;
  #wake: () => void = () => undefined;
  readonly #abort = () => this.#controller?.abort(abortion(this.#signal));

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#signal?.aborted) this.#abort();
    else this.#signal?.addEventListener('abort', this.#abort, { once: true });
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status >= 200) this.#resolve({ status, headers, body: this.#body() });
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    this.#pieces.push(piece);
    this.#size += piece.length;
    if (this.#size > MOST) controller.pause();
    this.#wake();
  }

  onResponseEnd(): void {
    this.#ended({});
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#reject(error);
    this.#ended({ error });
  }

  #ended(end: { error?: Error }): void {
    this.#end ??= end;
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#wake();
  }

  async *#body(): AsyncGenerator<Buffer, void, undefined> {
    try {
      while (true) {
        const pieces = this.#pieces;
        if (pieces.length > 0) {
          this.#pieces = [];
          this.#size = 0;
          if (this.#controller?.paused) this.#controller.resume();
          yield* pieces;
        } else if (this.#end) {
          if (this.#end.error) throw this.#end.error;
          return;
        } else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      if (!this.#end) this.#controller?.abort(abortion());
    }
  }
}

/** A signal may have any reason; undici wants an error with a code. */
function abortion(signal?: AbortSignal): Error {
  const isLate = signal?.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
  return Object.assign(new Error('The request was ended.'), { code: isLate ? 'ETIMEDOUT' : 'ECANCELED' });
}

/** The most of an error's text that is read, in bytes. */
const MOST_TEXT = 64 * 1024;

/** Reads the text of an answer that should be short; what is longer is cut. */
export async function shortText({ body }: Pick<HttpAnswer, 'body'>): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    pieces.push(piece);
    if ((size += piece.length) > MOST_TEXT) break;
  }
  return Buffer.concat(pieces).subarray(0, MOST_TEXT).toString();
}
