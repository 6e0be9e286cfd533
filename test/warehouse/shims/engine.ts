import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DuckDBInstance,
  StatementType,
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  type DuckDBType,
} from '@duckdb/node-api';
import { engineError, EngineError } from './engine-error.ts';

/** A column of a result; `expression` reads it in {@link EngineResult.rows}. */
export interface EngineColumn {
  name: string;
  type: DuckDBType;
  expression: string;
}

/** A finished statement. A statement that is no query has no columns and no rows. */
export interface EngineResult {
  columns: EngineColumn[];
  count: number;
  /**
   * The rows as JSON arrays of strings and nulls, in batches.
   * @param texts one SQL expression of type VARCHAR per column
   */
  rows(texts: string[], limit?: number): AsyncIterable<string[]>;
  /** Frees the rows. */
  close(): void;
}

interface EngineOptions {
  timezone: string;
  /** Refuse everything but queries. */
  readOnly?: boolean;
}

/** DuckDB behind a shim: runs a statement to its end before its first row can be read, as the real services do. */
export class Engine {
  private active = 0;
  private readonly instance: DuckDBInstance;
  private readonly folder: string;

  private constructor(instance: DuckDBInstance, folder: string) {
    this.instance = instance;
    this.folder = folder;
  }

  /** @param setup statements that create types and macros of a dialect */
  static async create(setup: string[]): Promise<Engine> {
    const folder = await mkdtemp(join(tmpdir(), 'actito-shim-'));
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: '1GB',
      temp_directory: folder,
      threads: '2',
      enable_external_access: 'false',
    });
    const engine = new Engine(instance, folder);
    for (const sql of setup) await engine.execute(sql);
    return engine;
  }

  /** Runs statements beside the clients, with the right to write. */
  async execute(sql: string): Promise<void> {
    const connection = await this.instance.connect();
    try {
      await connection.run(sql);
    } finally {
      connection.closeSync();
    }
  }

  /** How many statements run. */
  running(): number {
    return this.active;
  }

  /** @throws EngineError if the text cannot be parsed */
  async count(sql: string): Promise<number> {
    const connection = await this.instance.connect();
    try {
      return (await connection.extractStatements(sql)).count;
    } catch (error) {
      throw engineError(error, sql);
    } finally {
      connection.closeSync();
    }
  }

  /**
   * Runs one statement to its end.
   * @throws EngineError, also `canceled` if the signal is aborted
   */
  async run(sql: string, options: EngineOptions, signal: AbortSignal): Promise<EngineResult> {
    const connection = await this.instance.connect();
    let watch: NodeJS.Timeout | undefined;
    this.active += 1;
    try {
      signal.addEventListener('abort', () => {
        // An interrupt before the statement starts has no effect, so it is repeated.
        connection.interrupt();
        watch = setInterval(() => connection.interrupt(), 20);
      });
      if (signal.aborted) throw new EngineError('canceled', 'canceled before it started');
      await connection.run(`set timezone = '${options.timezone.replaceAll("'", "''")}'`);
      return await materialize(connection, sql, options);
    } catch (error) {
      connection.closeSync();
      throw engineError(error, sql);
    } finally {
      clearInterval(watch);
      this.active -= 1;
    }
  }

  async close(): Promise<void> {
    this.instance.closeSync();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Keeps the rows in a temporary table: a stream of DuckDB ends early, without an error, if a value cannot be computed. */
async function materialize(
  connection: DuckDBConnection,
  sql: string,
  { readOnly }: EngineOptions,
): Promise<EngineResult> {
  const statement = await connection.prepare(sql);
  if (statement.statementType !== StatementType.SELECT) {
    if (readOnly) throw new EngineError('forbidden', 'the login may only read');
    await statement.run();
    connection.closeSync();
    return { columns: [], count: 0, rows: () => nothing(), close: () => undefined };
  }
  const columns = columnsOf(statement);
  await connection.run(`create temp table result as\n${sql}`);
  const stored = (await connection.runAndReadAll('describe result')).getRows();
  stored.forEach(([name], index) => (columns[index]!.expression = quoted(String(name))));
  const count = Number((await connection.runAndReadAll('select count(*) from result')).getRows()[0]![0]);
  return {
    columns,
    count,
    rows: (texts, limit = count) => rowsOf(connection, texts, Math.min(limit, count)),
    close: () => connection.closeSync(),
  };
}

function columnsOf(statement: DuckDBPreparedStatement): EngineColumn[] {
  return Array.from({ length: statement.columnCount }, (_, index) => ({
    name: statement.columnName(index),
    type: statement.columnType(index),
    expression: '',
  }));
}

async function* rowsOf(
  connection: DuckDBConnection,
  texts: string[],
  limit: number,
): AsyncIterable<string[]> {
  const row = `to_json(list_value(${texts.join(', ')}))::varchar`;
  const result = await connection.stream(`select ${row} from result limit ${limit}`);
  let seen = 0;
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    seen += chunk.rowCount;
    yield chunk.getColumnValues(0) as string[];
  }
  if (seen !== limit) throw new Error(`DuckDB streamed ${seen} of ${limit} rows`);
}

async function* nothing(): AsyncIterable<string[]> {}

/** An identifier in double quotes. */
export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
