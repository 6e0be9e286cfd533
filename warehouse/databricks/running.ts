import { Failure } from '../../contract/failure.ts';
import { shortText, type HttpAnswer } from '../http/answer.ts';
import type { Lines } from '../reading.ts';
import type { JsonLines } from '../copy/json-lines.ts';
import type { RestColumn } from '../rest/service.ts';
import { RestStatement, type Context } from '../rest/statement.ts';
import type { Statement } from '../sql/statements.ts';
import { chunk, refusal, statementAnswer, type Manifest, type StatementAnswer } from './answers.ts';
import { columnOf } from './kinds.ts';
import { failureOf } from './failures.ts';

export const EXPECTED = 'JSON with statement_id and status';
export const PATH = '/api/2.0/sql/statements';
/** How often a link is requested again that is no longer valid. */
const RENEWALS = 3;

/** A statement that a SQL warehouse has accepted. Its timeout is ours: the API has no sessions to set one in. */
export class DatabricksStatement extends RestStatement {
  constructor(context: Context, statement: Statement, id: string) {
    const path = `${PATH}/${encodeURIComponent(id)}`;
    super(context, statement, { path, timeout: context.statementTimeout });
  }

  async columns(signal: AbortSignal): Promise<RestColumn[]> {
    const { manifest } = await this.#succeeded(signal);
    return manifest.schema.columns.map(columnOf);
  }

  async *lines(encoder: JsonLines, signal: AbortSignal): Lines {
    const { manifest, result } = await this.#succeeded(signal);
    if (manifest.truncated) {
      const { setting, table } = this.statement;
      const code = 'Databricks truncates results beyond 100 GiB';
      throw new Failure('queryRefused', { setting, table, condition: 'limit', code });
    }
    const told = new Map(manifest.chunks.map(({ chunk_index: at, row_count: rows }) => [at, rows]));
    const counts = Array.from({ length: manifest.total_chunk_count }, (_, index) => told.get(index));
    const request = (index: number) => this.#chunk(index, signal, index === 0 ? result : undefined);
    yield* this.parts(counts, request, encoder);
    return manifest.total_row_count;
  }

  /** Waits until the statement has succeeded. */
  async #succeeded(signal: AbortSignal): Promise<StatementAnswer & { manifest: Manifest }> {
    const ended = await this.ended(() => this.#ask(signal), signal);
    const { status, manifest } = ended;
    if (status.state === 'SUCCEEDED') {
      if (manifest === undefined) throw this.context.client.unreadable(200, EXPECTED);
      return { ...ended, manifest };
    }
    this.isOver = true;
    const { error, sql_state: sqlState } = status;
    const code = error?.error_code ?? (status.state === 'FAILED' ? undefined : 'CANCELLED');
    throw failureOf({ code, sqlState, message: error?.message }, this.context, this.statement);
  }

  async #ask(signal: AbortSignal): Promise<StatementAnswer | undefined> {
    const answer = statementAnswer.safeParse(await this.#get(this.path, signal));
    if (!answer.success) throw this.context.client.unreadable(200, EXPECTED);
    return ['PENDING', 'RUNNING'].includes(answer.data.status.state) ? undefined : answer.data;
  }

  /** Requests the rows of a chunk from the store, by the known link or a new one. */
  async #chunk(index: number, signal: AbortSignal, known?: StatementAnswer['result']): Promise<HttpAnswer> {
    const { client } = this.context;
    let links = known;
    for (let renewals = 0; ; renewals++) {
      links ??= chunk.safeParse(await this.#get(`${this.path}/result/chunks/${index}`, signal)).data;
      // never that of another chunk: chunks can have the same number of rows
      const own = links?.external_links.find(({ chunk_index: at = index }) => at === index);
      if (!own) throw client.unreadable(200, 'JSON with external_links');
      // the link contains its own credential, and the store refuses a second one
      const { external_link: url, http_headers: headers } = own;
      const answer = await client.send({ method: 'GET', url, headers, signal });
      if (answer.status === 200) return answer;
      await shortText(answer);
      if (renewals === RENEWALS) {
        const code = `HTTP status ${answer.status} of a result link`;
        throw new Failure('sourceBrokeOff', { connection: client.host, code });
      }
      links = undefined;
    }
  }

  /** @throws Failure if the answer is a refusal */
  async #get(url: string, signal: AbortSignal): Promise<unknown> {
    const answer = await this.get(url, signal);
    const { client } = this.context;
    const { status } = answer;
    const said = await client.json(answer);
    if (status === 200) return said;
    // the statement or its result has been removed
    if (status === 404)
      throw new Failure('sourceBrokeOff', { connection: client.host, code: 'HTTP status 404' });
    const { error_code: code, message } = refusal.safeParse(said).data ?? {};
    throw failureOf({ status, code, message }, this.context, this.statement);
  }
}
