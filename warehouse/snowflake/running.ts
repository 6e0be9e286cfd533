import { Failure } from '../../contract/failure.ts';
import ms from 'ms';
import type { Answer, HttpClient } from '../rest/http.ts';
import type { JsonLines } from '../rest/json-lines.ts';
import { poll } from '../rest/polling.ts';
import type { RestColumn, Running } from '../rest/service.ts';
import type { Statement } from '../sql/statements.ts';
import { refusal, resultSet, type ResultSet } from './answers.ts';
import { columnOf } from './columns.ts';
import { failureOf, type Source } from './failures.ts';

export const EXPECTED = 'JSON with resultSetMetaData and data';
/** The time after the statement timeout within which the service would have ended the statement, in milliseconds. */
const BEYOND = 30_000;
const CANCEL_TIMEOUT = 10_000;
/**
 * Statuses of a statement that has not finished.
 * @see https://docs.snowflake.com/en/developer-guide/sql-api/handling-responses
 */
const UNFINISHED = [202, 429];

/** What the statements of a source share. */
export interface Context extends Source {
  http: HttpClient;
  headers: () => Record<string, string>;
}

/** A statement that the SQL API has accepted. */
export class SnowflakeStatement implements Running {
  readonly #context: Context;
  readonly #statement: Statement;
  readonly #path: string;
  readonly #deadline: number;
  /** The service has no more work with it. */
  #isOver = false;

  constructor(context: Context, statement: Statement, handle: string) {
    this.#context = context;
    this.#statement = statement;
    this.#path = `/api/v2/statements/${encodeURIComponent(handle)}`;
    this.#deadline = performance.now() + context.statementTimeout + BEYOND;
  }

  async columns(signal: AbortSignal): Promise<RestColumn[]> {
    const { http } = this.#context;
    const answer = await this.#first(signal);
    const { rowType } = this.#metadata(answer.status, await http.json(answer, EXPECTED, signal));
    return rowType.map(columnOf);
  }

  async *lines(encoder: JsonLines, signal: AbortSignal): AsyncGenerator<Buffer, number, undefined> {
    const first = await this.#first(signal);
    const { numRows, partitionInfo } = this.#metadata(
      first.status,
      yield* this.#document(first, encoder, signal),
    );
    this.#check(partitionInfo[0]?.rowCount ?? numRows, encoder.lines);
    let next: Promise<Answer> | undefined;
    try {
      // while a partition is read, the next one is requested, and no other
      for (let index = 1; index < partitionInfo.length; index++) {
        const current = await (next ?? this.#partition(index, signal));
        next = index + 1 < partitionInfo.length ? this.#partition(index + 1, signal) : undefined;
        next?.catch(() => undefined); // whoever awaits it gets the error
        const before = encoder.lines;
        yield* this.#document(current, encoder, signal);
        this.#check(partitionInfo[index]!.rowCount, encoder.lines - before);
      }
      return numRows;
    } finally {
      next?.then(({ body }) => body.destroy()).catch(() => undefined);
    }
  }

  async cancel(): Promise<void> {
    if (this.#isOver) return;
    const { http, headers } = this.#context;
    const signal = AbortSignal.timeout(CANCEL_TIMEOUT);
    try {
      const call = { method: 'POST' as const, url: `${this.#path}/cancel`, headers: headers(), signal };
      (await http.send(call)).body.resume();
    } catch {
      return; // its timeout ends it
    }
  }

  /** Waits for the statement, and returns the answer with its first partition. */
  async #first(signal: AbortSignal): Promise<Answer> {
    const answer = await poll(() => this.#ask(signal), this.#deadline, signal);
    if (answer) return answer;
    const limit = ms(this.#context.statementTimeout);
    throw new Failure('queryTimedOut', { setting: this.#statement.setting, limit });
  }

  async #ask(signal: AbortSignal): Promise<Answer | undefined> {
    const answer = await this.#get(this.#path, signal, UNFINISHED);
    if (!UNFINISHED.includes(answer.status)) return answer;
    answer.body.resume();
    return undefined;
  }

  #partition(index: number, signal: AbortSignal): Promise<Answer> {
    return this.#get(`${this.#path}?partition=${index}`, signal);
  }

  /** @throws Failure if the answer is a refusal */
  async #get(url: string, signal: AbortSignal, accepts: number[] = []): Promise<Answer> {
    const { http, headers } = this.#context;
    const answer = await http.send({ method: 'GET', url, headers: headers(), signal, accepts });
    const { status } = answer;
    if (status === 200 || accepts.includes(status)) return answer;
    const said = refusal.safeParse(await http.refusal(answer, signal));
    this.#isOver ||= status === 422 || status === 408;
    throw failureOf({ status, ...said.data }, this.#context, this.#statement);
  }

  /** Yields the rows of an answer, and returns what else is in it. */
  async *#document(
    { body }: Answer,
    encoder: JsonLines,
    signal: AbortSignal,
  ): AsyncGenerator<Buffer, unknown, undefined> {
    try {
      for await (const part of body) yield* encoder.push(part as Buffer);
    } catch (error) {
      throw this.#context.http.failure(error, signal);
    }
    return encoder.endDocument();
  }

  #metadata(status: number, answer: unknown): ResultSet {
    const read = resultSet.safeParse(answer);
    if (!read.success) throw this.#context.http.unreadable(status, EXPECTED);
    return read.data.resultSetMetaData;
  }

  #check(counted: number, encoded: number): void {
    if (counted !== encoded) throw new Failure('segmentIncomplete', {});
  }
}
