import { Failure } from '../../contract/failure.ts';
import { shortText, type HttpAnswer } from '../http/answer.ts';
import type { Lines } from '../reading.ts';
import type { JsonLines } from '../copy/json-lines.ts';
import type { RestColumn } from '../rest/service.ts';
import { RestStatement, sameCount, type Context } from '../rest/statement.ts';
import type { Statement } from '../sql/statements.ts';
import { refusal, resultSet, type ResultSet } from './answers.ts';
import { columnOf } from './kinds.ts';
import { failureOf } from './failures.ts';

export const EXPECTED = 'JSON with resultSetMetaData and data';

/**
 * Statuses of a statement that has not finished.
 * @see https://docs.snowflake.com/en/developer-guide/sql-api/handling-responses
 */
const UNFINISHED = [202, 429];

/** A statement that the SQL API has accepted, and ends itself at its timeout. */
export class SnowflakeStatement extends RestStatement {
  constructor(context: Context, statement: Statement, handle: string) {
    const { statementTimeout, client } = context;
    super(context, statement, {
      path: `/api/v2/statements/${encodeURIComponent(handle)}`,
      timeout: statementTimeout + client.timeouts.beyond,
    });
  }

  async columns(signal: AbortSignal): Promise<RestColumn[]> {
    const answer = await this.#first(signal);
    const { rowType } = this.#metadata(answer.status, await this.context.client.json(answer));
    return rowType.map(columnOf);
  }

  async *lines(encoder: JsonLines, signal: AbortSignal): Lines {
    const first = await this.#first(signal);
    const rest = yield* this.context.client.rows(first, encoder);
    const { numRows, partitionInfo } = this.#metadata(first.status, rest);
    const counts = partitionInfo.map(({ rowCount }) => rowCount);
    sameCount(counts[0], encoder.lines);
    const request = (index: number) => this.#get(`${this.path}?partition=${index}`, signal);
    yield* this.parts(counts, request, encoder, 1);
    return numRows;
  }

  /** Waits for the statement, and returns the answer with its first partition. */
  #first(signal: AbortSignal): Promise<HttpAnswer> {
    const ask = async () => {
      const answer = await this.#get(this.path, signal, UNFINISHED);
      if (!UNFINISHED.includes(answer.status)) return answer;
      await shortText(answer);
      return undefined;
    };
    return this.ended(ask, signal);
  }

  /** @throws Failure if the answer is a refusal */
  async #get(url: string, signal: AbortSignal, accepts: number[] = []): Promise<HttpAnswer> {
    const answer = await this.get(url, signal, accepts);
    const { status } = answer;
    if (status === 200 || accepts.includes(status)) return answer;
    const { client } = this.context;
    const said = refusal.safeParse(await client.json(answer));
    // the statement or its result has been removed
    if (status === 404)
      throw new Failure('sourceBrokeOff', { connection: client.host, code: 'HTTP status 404' });
    this.isOver ||= status === 422 || status === 408;
    throw failureOf({ status, ...said.data }, this.context, this.statement);
  }

  #metadata(status: number, answer: unknown): ResultSet {
    const read = resultSet.safeParse(answer);
    if (!read.success) throw this.context.client.unreadable(status, EXPECTED);
    return read.data.resultSetMetaData;
  }
}
