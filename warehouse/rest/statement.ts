import { setTimeout as sleep } from 'node:timers/promises';
import ms from 'ms';
import { Failure } from '../../contract/failure.ts';
import { shortText, type HttpAnswer } from '../http/answer.ts';
import type { Lines } from '../reading.ts';
import type { Statement } from '../sql/statements.ts';
import type { RestClient } from './client.ts';
import type { JsonLines } from '../copy/json-lines.ts';
import type { RestColumn, Running } from './service.ts';

/** The pauses between two questions whether a statement has ended, in milliseconds. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [50, 3_000];

/** What the statements of a source share. */
export interface Context {
  client: RestClient;
  /** In milliseconds. */
  statementTimeout: number;
  /** Returns the headers of a call, with the login. */
  headers: () => Promise<Record<string, string>>;
}

/** A statement that a service has accepted, and that is asked for at an address of its own. */
export abstract class RestStatement implements Running {
  protected readonly context: Context;
  protected readonly statement: Statement;
  protected readonly path: string;
  /** The service has no more work with it. */
  protected isOver = false;
  readonly #deadline: number;

  /** @param timeout the milliseconds after which a statement that still runs is given up */
  constructor(context: Context, statement: Statement, { path, timeout }: { path: string; timeout: number }) {
    this.context = context;
    this.statement = statement;
    this.path = path;
    this.#deadline = performance.now() + timeout;
  }

  abstract columns(signal: AbortSignal): Promise<RestColumn[]>;
  abstract lines(encoder: JsonLines, signal: AbortSignal): Lines;

  /** If that fails, the service ends the statement by itself: by its timeout, or because it is not polled. */
  async cancel(): Promise<void> {
    if (this.isOver) return;
    const { client, headers } = this.context;
    const signal = AbortSignal.timeout(Math.min(client.timeouts.short, client.timeouts.beyond));
    try {
      const url = `${this.path}/cancel`;
      await shortText(await client.send({ method: 'POST', url, headers: await headers(), signal }));
    } catch {
      return;
    }
  }

  protected async get(url: string, signal: AbortSignal, accepts?: number[]): Promise<HttpAnswer> {
    const { client, headers } = this.context;
    return client.send({ method: 'GET', url, headers: await headers(), signal, accepts });
  }

  /**
   * Asks until the statement has ended, with pauses that grow.
   * @param ask undefined: it runs
   * @throws Failure SegmentQueryFailed (it runs beyond its timeout); any error when the signal is aborted
   */
  protected async ended<T>(ask: () => Promise<T | undefined>, signal: AbortSignal): Promise<T> {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      const left = this.#deadline - performance.now();
      if (left <= 0) {
        const limit = ms(this.context.statementTimeout);
        throw new Failure('queryTimedOut', { setting: this.statement.setting, limit });
      }
      await sleep(Math.min(pause, left), undefined, { signal });
    }
  }

  /**
   * Yields the rows of the parts of a result in their order. While a part is read, the next one is requested, and no
   * other. A read that ends before closes its connections, and so the answer that it does not need.
   * @param counts the rows of each part as the service counts them; undefined: it does not tell
   * @param first the index of the first part that is read
   */
  protected async *parts(
    counts: (number | undefined)[],
    request: (index: number) => Promise<HttpAnswer>,
    encoder: JsonLines,
    first = 0,
  ): AsyncGenerator<Buffer, void, undefined> {
    let next: Promise<HttpAnswer> | undefined;
    for (let index = first; index < counts.length; index++) {
      const current = await (next ?? request(index));
      next = index + 1 < counts.length ? request(index + 1) : undefined;
      next?.catch(() => undefined); // whoever awaits it gets the error
      const before = encoder.lines;
      yield* this.context.client.rows(current, encoder);
      sameCount(counts[index], encoder.lines - before);
    }
  }
}

/** @throws Failure SourceUnavailable if a part has not the rows that the service counts */
export function sameCount(counted: number | undefined, encoded: number): void {
  if (counted !== undefined && counted !== encoded) throw new Failure('segmentIncomplete', {});
}
