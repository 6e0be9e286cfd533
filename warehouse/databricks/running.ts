import { Failure } from '../../contract/failure.ts';
import type { Answer, HttpClient } from '../rest/http.ts';
import type { JsonLines } from '../rest/json-lines.ts';
import { poll } from '../rest/polling.ts';
import type { RestColumn, Running } from '../rest/service.ts';
import type { Statement } from '../sql/statements.ts';
import { chunk, refusal, statementAnswer, type Manifest, type StatementAnswer } from './answers.ts';
import { columnOf } from './columns.ts';
import { failureOf, timedOut, type Source } from './failures.ts';

export const EXPECTED = 'JSON with statement_id and status';
export const PATH = '/api/2.0/sql/statements';
const CANCEL_TIMEOUT = 10_000;
/** How often a link is requested again that is no longer valid. */
const RENEWALS = 3;

/** What the statements of a source share. */
export interface Context extends Source {
  http: HttpClient;
  headers: () => Promise<Record<string, string>>;
}

/** A statement that a SQL warehouse has accepted. Its timeout is ours: the API has no sessions to set one in. */
export class DatabricksStatement implements Running {
  readonly #context: Context;
  readonly #statement: Statement;
  readonly #path: string;
  readonly #deadline: number;
  /** The service has no more work with it. */
  #isOver = false;

  constructor(context: Context, statement: Statement, id: string) {
    this.#context = context;
    this.#statement = statement;
    this.#path = `${PATH}/${encodeURIComponent(id)}`;
    this.#deadline = performance.now() + context.statementTimeout;
  }

  async columns(signal: AbortSignal): Promise<RestColumn[]> {
    const { manifest } = await this.#end(signal);
    return manifest.schema.columns.map(columnOf);
  }

  async *lines(encoder: JsonLines, signal: AbortSignal): AsyncGenerator<Buffer, number, undefined> {
    const { manifest, result } = await this.#end(signal);
    if (manifest.truncated) {
      const { setting, table } = this.#statement;
      const code = 'Databricks truncates results beyond 100 GiB';
      throw new Failure('queryRefused', { setting, table, condition: 'limit', code });
    }
    const count = manifest.total_chunk_count;
    let next: Promise<Answer> | undefined;
    try {
      // while a chunk is read, the next one is requested, and no other
      for (let index = 0; index < count; index++) {
        const current = await (next ?? this.#chunk(index, signal, result));
        next = index + 1 < count ? this.#chunk(index + 1, signal) : undefined;
        next?.catch(() => undefined); // whoever awaits it gets the error
        const before = encoder.lines;
        yield* this.#document(current, encoder, signal);
        const told = manifest.chunks.find(({ chunk_index: at }) => at === index)?.row_count;
        if (told !== undefined && told !== encoder.lines - before) throw new Failure('segmentIncomplete', {});
      }
      return manifest.total_row_count;
    } finally {
      next?.then(({ body }) => body.destroy()).catch(() => undefined);
    }
  }

  async cancel(): Promise<void> {
    if (this.#isOver) return;
    const { http, headers } = this.#context;
    const signal = AbortSignal.timeout(CANCEL_TIMEOUT);
    try {
      const call = { method: 'POST' as const, url: `${this.#path}/cancel`, headers: await headers(), signal };
      (await http.send(call)).body.resume();
    } catch {
      return; // the service closes a statement that is not polled for one hour
    }
  }

  /** Waits until the statement has succeeded. */
  async #end(signal: AbortSignal): Promise<StatementAnswer & { manifest: Manifest }> {
    const ended = await poll(() => this.#ask(signal), this.#deadline, signal);
    if (ended === undefined) throw timedOut(this.#context, this.#statement);
    const { status, manifest } = ended;
    if (status.state === 'SUCCEEDED') {
      if (manifest === undefined) throw this.#context.http.unreadable(200, EXPECTED);
      return { ...ended, manifest };
    }
    this.#isOver = true;
    const { error, sql_state: sqlState } = status;
    const code = error?.error_code ?? (status.state === 'FAILED' ? undefined : 'CANCELLED');
    throw failureOf({ code, sqlState, message: error?.message }, this.#context, this.#statement);
  }

  async #ask(signal: AbortSignal): Promise<StatementAnswer | undefined> {
    const answer = statementAnswer.safeParse(await this.#get(this.#path, signal));
    if (!answer.success) throw this.#context.http.unreadable(200, EXPECTED);
    return ['PENDING', 'RUNNING'].includes(answer.data.status.state) ? undefined : answer.data;
  }

  /** Requests the rows of a chunk from the store, by the known link or a new one. */
  async #chunk(index: number, signal: AbortSignal, known?: StatementAnswer['result']): Promise<Answer> {
    const { http, connection } = this.#context;
    let links = known;
    for (let renewals = 0; ; renewals++) {
      links ??= chunk.safeParse(await this.#get(`${this.#path}/result/chunks/${index}`, signal)).data;
      // never that of another chunk: chunks can have the same number of rows
      const own = links?.external_links.find(({ chunk_index: at = index }) => at === index);
      if (!own) throw http.unreadable(200, 'JSON with external_links');
      // the link contains its own credential, and the store refuses a second one
      const answer = await http.send({
        method: 'GET',
        url: own.external_link,
        headers: own.http_headers,
        signal,
      });
      if (answer.status === 200) return answer;
      answer.body.resume();
      if (renewals === RENEWALS)
        throw new Failure('sourceBrokeOff', {
          connection,
          code: `HTTP status ${answer.status} of a result link`,
        });
      links = undefined;
    }
  }

  /** @throws Failure if the answer is a refusal */
  async #get(url: string, signal: AbortSignal): Promise<unknown> {
    const { http, headers } = this.#context;
    const answer = await http.send({ method: 'GET', url, headers: await headers(), signal });
    const { status } = answer;
    if (status === 200) return http.json(answer, EXPECTED, signal);
    const said = await http.refusal(answer, signal);
    const { connection } = this.#context;
    // the statement or its result has been removed
    if (status === 404) throw new Failure('sourceBrokeOff', { connection, code: 'HTTP status 404' });
    const { error_code: code, message } = refusal.safeParse(said).data ?? {};
    throw failureOf({ status, code, message }, this.#context, this.#statement);
  }

  async *#document(
    { body }: Answer,
    encoder: JsonLines,
    signal: AbortSignal,
  ): AsyncGenerator<Buffer, void, undefined> {
    try {
      for await (const part of body) yield* encoder.push(part as Buffer);
    } catch (error) {
      throw this.#context.http.failure(error, signal);
    }
    encoder.endDocument();
  }
}
