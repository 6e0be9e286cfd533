import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { ApiError, bigqueryError } from './errors.ts';
import { statementsOf, type Token } from './lexer.ts';
import { MACROS } from './macros.ts';
import { statementTypeOf } from './statement-type.ts';
import { translate } from './translate.ts';
import { fieldOf, type Field } from './types.ts';

/** A table as BigQuery names it. */
export interface TableReference {
  projectId: string;
  datasetId: string;
  tableId: string;
}

/** What a query says before it runs. `fields` is absent for statements without rows, and for scripts. */
export interface Described {
  statementType: string;
  fields?: Field[];
}

/** Rows of a finished statement; `affected` for DML. */
export interface Finished extends Described {
  rows: number;
  affected?: number;
}

interface EngineOptions {
  project: string;
  location: string;
}

/** A statement on its own connection: it can be interrupted. */
export interface Running {
  finished: Promise<Finished>;
  interrupt(): void;
}

/** GoogleSQL on DuckDB. The database is a temporary file: results of some million rows stay out of memory. */
export class Engine {
  readonly #instance: DuckDBInstance;
  readonly #folder: string;
  readonly #options: EngineOptions;
  readonly #reader: DuckDBConnection;

  private constructor(
    instance: DuckDBInstance,
    folder: string,
    reader: DuckDBConnection,
    options: EngineOptions,
  ) {
    this.#instance = instance;
    this.#folder = folder;
    this.#reader = reader;
    this.#options = options;
  }

  static async open(options: EngineOptions): Promise<Engine> {
    const folder = await mkdtemp(join(tmpdir(), 'bigquery-shim-'));
    const instance = await DuckDBInstance.create(join(folder, 'shim.duckdb'), { threads: '2' });
    const connection = await instance.connect();
    for (const sql of [`set timezone = 'UTC'`, ...MACROS]) await connection.run(sql);
    return new Engine(instance, folder, connection, options);
  }

  async close(): Promise<void> {
    this.#reader.closeSync();
    this.#instance.closeSync();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async createDataset(dataset: string): Promise<void> {
    await this.#reader.run(`create schema if not exists "${dataset}"`);
  }

  /** Checks a query without running it. Rejects with an ApiError as the API would answer. */
  async describe(query: string, defaultDataset?: string): Promise<Described> {
    const statements = statementsOf(query);
    if (statements.length > 1) return { statementType: 'SCRIPT' };
    return this.#connected(defaultDataset, (connection) =>
      this.#prepared(connection, query, statements[0] ?? [], defaultDataset),
    );
  }

  /** Runs a query; the rows of its last SELECT become the table `into`. */
  start(query: string, into: TableReference, defaultDataset?: string): Running {
    let interrupted = false;
    let interrupt = () => {};
    const finished = this.#connected(defaultDataset, async (connection) => {
      interrupt = () => connection.interrupt();
      let result: Finished = { statementType: 'SELECT', rows: 0 };
      for (const tokens of statementsOf(query)) {
        if (interrupted) throw new Error('INTERRUPT: interrupted before the start');
        result = await this.#run(connection, query, tokens, into, defaultDataset);
      }
      return result;
    });
    return {
      finished,
      interrupt() {
        interrupted = true;
        interrupt();
      },
    };
  }

  /** Rows of a table from an index on, in the order of the query (DuckDB keeps the order of insertion). */
  async read(table: TableReference, from: number, to: number): Promise<DuckDBValue[][]> {
    const name = `"${table.datasetId}"."${table.tableId}"`;
    const sql = `select * from ${name} where rowid >= ${from} and rowid < ${to}`;
    return (await this.#reader.runAndReadAll(sql)).getRows();
  }

  /** The schema and the number of rows of a table. Rejects with notFound. */
  async table(table: TableReference): Promise<{ fields: Field[]; rows: number }> {
    const name = `"${table.datasetId}"."${table.tableId}"`;
    try {
      const { columnNames, columnTypes } = columnsOf(
        await this.#reader.runAndReadAll(`select * from ${name} limit 0`),
      );
      const counted = await this.#reader.runAndReadAll(`select count(*) from ${name}`);
      return {
        fields: columnNames.map((column, index) => fieldOf(column, columnTypes[index]!)),
        rows: Number(counted.getRows()[0]![0]),
      };
    } catch (error) {
      const path = `${table.projectId}:${table.datasetId}.${table.tableId}`;
      throw Object.assign(new ApiError({ reason: 'notFound', message: `Not found: Table ${path}` }), {
        cause: error,
      });
    }
  }

  async #run(
    connection: DuckDBConnection,
    query: string,
    tokens: Token[],
    into: TableReference,
    defaultDataset: string | undefined,
  ): Promise<Finished> {
    const described = await this.#prepared(connection, query, tokens, defaultDataset);
    const translated = translate(tokens, this.#options.project);
    const target = `"${into.datasetId}"."${into.tableId}"`;
    const sql =
      described.fields === undefined
        ? translated.sql
        : `create or replace table ${target} as ${translated.sql}`;
    try {
      if (described.fields !== undefined) await this.createDataset(into.datasetId);
      const rows = (await connection.runAndReadAll(sql)).getRows();
      const count = Number(rows[0]?.[0] ?? 0);
      const dml = /^(INSERT|UPDATE|DELETE|MERGE)$/.test(described.statementType);
      return dml
        ? { ...described, rows: 0, affected: count }
        : { ...described, rows: described.fields ? count : 0 };
    } catch (error) {
      throw this.#said(error, query, tokens, defaultDataset, false);
    }
  }

  async #prepared(
    connection: DuckDBConnection,
    query: string,
    tokens: Token[],
    defaultDataset: string | undefined,
  ): Promise<Described> {
    const statementType = statementTypeOf(tokens);
    try {
      const prepared = await connection.prepare(translate(tokens, this.#options.project).sql);
      if (statementType !== 'SELECT') return { statementType };
      const names = Array.from({ length: prepared.columnCount }, (_, index) => prepared.columnName(index));
      refuseDuplicates(names);
      return { statementType, fields: names.map((name, index) => fieldOf(name, prepared.columnType(index))) };
    } catch (error) {
      throw this.#said(error, query, tokens, defaultDataset, true);
    }
  }

  #said(
    error: unknown,
    query: string,
    tokens: Token[],
    defaultDataset: string | undefined,
    positioned: boolean,
  ) {
    if (error instanceof ApiError) return error;
    const translated = translate(tokens, this.#options.project);
    const { project, location } = this.#options;
    // Values fail while the query runs, where the text has another beginning; BigQuery tells no place for them.
    return bigqueryError(error, { query, translated, project, location, defaultDataset, positioned });
  }

  async #connected<T>(
    dataset: string | undefined,
    work: (connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> {
    const connection = await this.#instance.connect();
    try {
      await connection.run(`set errors_as_json = true; set timezone = 'UTC'`);
      if (dataset !== undefined) {
        await this.createDataset(dataset);
        await connection.run(`set search_path = '${dataset},main'`);
      }
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  }
}

function columnsOf(result: { columnNames(): string[]; columnTypes(): Parameters<typeof fieldOf>[1][] }) {
  return { columnNames: result.columnNames(), columnTypes: result.columnTypes() };
}

/** BigQuery refuses two columns of one name in a result; names differ by more than case. */
function refuseDuplicates(names: string[]): void {
  const lower = names.map((name) => name.toLowerCase());
  const repeated = names.filter((_, index) => lower.indexOf(lower[index]!) < index);
  if (repeated.length === 0) return;
  const message = `Duplicate column names in the result are not supported. Found duplicate(s): ${repeated.join(', ')}`;
  throw new ApiError({ reason: 'invalidQuery', location: 'query', message });
}
