import { rmSync } from 'node:fs';
import type * as Duckdb from '@duckdb/node-api';

/*
 * The program of the child process in which DuckDB runs; engine.ts starts it. DuckDB runs in a process of its own for
 * three reasons. A query keeps a thread of Node's pool while its rows wait for the consumer, and a few of them would
 * stop all file and DNS operations of the worker. POSIX locks belong to a process: when one of two reads of a file ends,
 * the other's lock is released too. And DuckDB's memory, and its faults, do not become the worker's.
 */

/** A column of a statement, with DuckDB's name of its type. */
export interface EngineColumn {
  name: string;
  type: string;
}

/** What a statement is, without running it. */
interface Described {
  /** The text has exactly one statement; otherwise there are no columns. */
  isOne: boolean;
  isSelect: boolean;
  columns: EngineColumn[];
}

export type Ask =
  | { ask: 'open'; database: string; config: Record<string, string> }
  | { ask: 'describe'; sql: string }
  /** Runs a statement, and returns the number of rows that it copied. */
  | { ask: 'run'; sql: string }
  /** Returns the rows of a statement whose columns are all texts. */
  | { ask: 'rows'; sql: string };

/** The answers by question. */
export interface Answers {
  open: null;
  describe: Described;
  run: number;
  rows: (string | null)[][];
}

type Request = Ask & { id: number };
export type Response =
  | { id: number; answer: Answers[keyof Answers] }
  | { id: number; error: string }
  /** The optional library is not installed. */
  | { id: number; missing: true };

let library: typeof Duckdb | undefined;
let connection: Duckdb.DuckDBConnection | undefined;

async function open(database: string, config: Record<string, string>): Promise<null> {
  const instance = await library!.DuckDBInstance.create(database, config);
  connection = await instance.connect();
  return null;
}

async function describe(sql: string): Promise<Described> {
  const statements = await connection!.extractStatements(sql);
  if (statements.count !== 1) return { isOne: false, isSelect: false, columns: [] };
  const prepared = await statements.prepare(0);
  const columns = Array.from({ length: prepared.columnCount }, (_, at) => ({
    name: prepared.columnName(at),
    type: typeName(prepared.columnType(at)),
  }));
  return { isOne: true, isSelect: prepared.statementType === library!.StatementType.SELECT, columns };
}

/** Without the values of an enum, which are data. */
function typeName(type: Duckdb.DuckDBType): string {
  if (type.alias) return type.alias;
  return type.typeId === library!.DuckDBTypeId.ENUM ? 'ENUM' : type.toString();
}

async function answer(request: Request): Promise<Answers[keyof Answers]> {
  switch (request.ask) {
    case 'open':
      return open(request.database, request.config);
    case 'describe':
      return describe(request.sql);
    case 'run':
      return Number((await connection!.run(request.sql)).rowsChanged);
    case 'rows': {
      const { sql } = request;
      return (await connection!.runAndReadAll(sql)).getRowsJson() as (string | null)[][];
    }
  }
}

async function respond(request: Request): Promise<Response> {
  const { id } = request;
  try {
    library ??= await import('@duckdb/node-api');
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_MODULE_NOT_FOUND') return { id, missing: true };
    return { id, error: String(error) };
  }
  try {
    return { id, answer: await answer(request) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

const [name = 'actito-sync', temporary] = process.argv.slice(2);
process.title = name;
process.on('message', (request: Request) => {
  process.title = `${name} reading`; // as PostgreSQL's processes do, for people who look for what is busy
  void respond(request).then((response) => {
    process.title = name;
    process.send!(response);
  });
});
// Without the worker, nobody reads the result, and nobody else removes what a sort has written to the disk. A regular
// exit would wait for the threads of the query.
process.on('disconnect', () => {
  try {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
});
