import type { Engine } from '../duckdb-engine.ts';
import { errorOf, TrinoError } from './errors.ts';
import { typeName } from './types.ts';

/** The texts of a page of rows, in bytes (Trino's default target is 1 MB). */
const PAGE = 1024 * 1024;

/** A part of an answer: `columns` and `data`, or `error`. */
export type Part = Record<string, unknown>;

/** One query of a client, as the coordinator sees it. */
export class ShimQuery {
  readonly id: string;
  readonly statement: string;
  /** Rows that were sent. */
  rows = 0;
  state: 'QUEUED' | 'RUNNING' | 'FINISHED' | 'FAILED' = 'QUEUED';
  #failure: TrinoError | undefined;
  #wake: () => void = () => undefined;
  #interrupt: () => void = () => undefined;
  #parts: AsyncGenerator<Part, void, undefined> | undefined;

  constructor(id: string, statement: string) {
    this.id = id;
    this.statement = statement;
  }

  /** The next part; the last one has no rows. */
  async next(engine: Engine): Promise<Part> {
    if (this.#failure) return this.#failed(this.#failure);
    this.state = 'RUNNING';
    this.#parts ??= this.#run(engine);
    try {
      const { value } = await this.#parts.next();
      return value ?? {};
    } catch (error) {
      return this.#failed(this.#failure ?? errorOf(error, this.statement));
    }
  }

  get isRunning(): boolean {
    return this.state === 'RUNNING';
  }

  /** Ends the query. */
  fail(error: TrinoError): void {
    if (this.state === 'FINISHED' || this.state === 'FAILED') return;
    this.#failure ??= error;
    this.state = 'FAILED';
    this.#interrupt();
    this.#wake();
    void this.#parts?.return();
  }

  #failed(error: TrinoError): Part {
    this.state = 'FAILED';
    return { error: error.json };
  }

  async *#run(engine: Engine): AsyncGenerator<Part, void, undefined> {
    const { statement } = this;
    if (await engine.isSeveral(statement).catch(() => false))
      throw new TrinoError('SYNTAX_ERROR', "mismatched input ';'");
    const query = await engine.open();
    this.#interrupt = () => query.interrupt();
    try {
      const described = await query.describe(statement);
      const columns = described.map(({ name, type }) => ({
        name,
        type: typeName(type),
        typeSignature: { rawType: typeName(type).replace(/\(.*\)/, ''), arguments: [] },
      }));
      // stands for a query that computes for a long time before its first row
      if (statement.includes('shim_sleep') && !statement.trim().endsWith('limit 0'))
        await new Promise<void>((resolve) => (this.#failure ? resolve() : (this.#wake = resolve)));
      if (this.#failure) throw this.#failure;
      let page: string[] = [];
      let size = 0;
      const part = () => {
        this.rows += page.length;
        // the rows are JSON already; the server writes them as they are
        const data = { columns, data: page };
        page = [];
        size = 0;
        return data;
      };
      for await (const rows of query.texts(rowsOf(statement, described.length))) {
        for (const row of rows) {
          page.push(row!);
          if ((size += row!.length) >= PAGE) yield part();
        }
      }
      if (page.length > 0) yield part();
      this.state = 'FINISHED';
      yield { columns };
    } finally {
      query.close();
    }
  }
}

/** A query of DuckDB whose only column is a row in JSON. All columns of our answers are texts. */
function rowsOf(statement: string, count: number): string {
  const names = Array.from({ length: count }, (_, i) => `a${i}`);
  const texts = names.map((name) => `cast(${name} as varchar)`);
  return `select cast(to_json([${texts.join(', ')}]) as varchar) from (${statement}\n) answer(${names.join(', ')})`;
}
