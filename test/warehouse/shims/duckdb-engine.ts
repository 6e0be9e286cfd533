import { DuckDBInstance, type DuckDBConnection, type DuckDBType } from '@duckdb/node-api';

/** A column of a query, with DuckDB's own name of its type, such as `DECIMAL(38,18)`. */
export interface EngineColumn {
  name: string;
  type: string;
}

/** One query of a client. */
export interface EngineQuery {
  /** Of the columns; fails as the query would before its first row. */
  describe(sql: string): Promise<EngineColumn[]>;
  /** Yields the rows of a query with one column of texts, many at a time, in its order. Throws what DuckDB throws. */
  texts(sql: string): AsyncGenerator<(string | null)[], void, undefined>;
  /** Ends the running query. */
  interrupt(): void;
  close(): void;
}

/** The database behind the shims of HTTP warehouses. It executes their queries in DuckDB's dialect. */
export interface Engine {
  open(): Promise<EngineQuery>;
  execute(sql: string): Promise<void>;
  count(table: string): Promise<number>;
  /** True for a text that DuckDB reads as more than one statement. */
  isSeveral(sql: string): Promise<boolean>;
  stop(): void;
}

/** DuckDB in memory. One thread, so that rows keep their order and an error comes after the rows before it. */
export async function startEngine(macros: string[] = []): Promise<Engine> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const beside = await instance.connect();
  await beside.run("set timezone = 'UTC'");
  for (const macro of macros) await beside.run(macro);
  return {
    async open() {
      const connection = await instance.connect();
      await connection.run("set timezone = 'UTC'");
      return queryOf(connection);
    },
    async execute(sql) {
      await beside.run(sql);
    },
    async count(table) {
      const rows = (await beside.runAndReadAll(`select count(*) from ${table}`)).getRows();
      return Number(rows[0]![0]);
    },
    async isSeveral(sql) {
      return (await beside.extractStatements(sql)).count > 1;
    },
    stop() {
      beside.closeSync();
      instance.closeSync();
    },
  };
}

function queryOf(connection: DuckDBConnection): EngineQuery {
  return {
    async describe(sql) {
      const prepared = await connection.prepare(sql);
      const columns = Array.from({ length: prepared.columnCount }, (_, i) => ({
        name: prepared.columnName(i),
        type: nameOf(prepared.columnType(i)),
      }));
      prepared.destroySync();
      return columns;
    },
    /** A stream of DuckDB that fails in the middle ends like a complete one, so a last row marks the end. */
    async *texts(sql) {
      const marked = `select line, false as last from (${sql}\n) t(line) union all select null, true`;
      const result = await connection.stream(marked);
      for (let chunk = await result.fetchChunk(); chunk?.rowCount; chunk = await result.fetchChunk()) {
        const lines = chunk.getColumnValues(0) as (string | null)[];
        const isLast = chunk.getColumnValues(1).at(-1) === true;
        if (isLast) lines.pop();
        if (lines.length > 0) yield lines;
        if (isLast) return;
      }
      await connection.run(sql); // fails again, and says why
      throw new Error('INTERRUPT Error: Interrupted!');
    },
    interrupt: () => connection.interrupt(),
    close: () => connection.closeSync(),
  };
}

function nameOf(type: DuckDBType): string {
  return type.toString();
}
