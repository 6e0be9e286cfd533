import { Connection, Request } from 'tedious';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { startSqlServerShim, type SqlServerShim } from './sqlserver/shim.ts';

export let shim: SqlServerShim;
/** Closed after each test. */
export const connections: Connection[] = [];
/** Starts the shim for the tests of a file. */
export function useSqlServerShim(): void {
  beforeAll(async () => {
    shim = await startSqlServerShim();
    await shim.execute("create table people as select i as id, 'Ann ' || i as name from range(1, 1001) t(i)");
  });
  afterEach(() => {
    shim.setFault(undefined);
    for (const connection of connections.splice(0)) connection.close();
  });
  afterAll(() => shim?.close());
}

/** A client, logged in. */
export async function connect(
  options: { port?: number; password?: string; encrypt?: boolean; ca?: string } = {},
) {
  const { port = shim.port, password = 'secret', encrypt = false, ca } = options;
  const connection = new Connection({
    server: '127.0.0.1',
    authentication: { type: 'default', options: { userName: 'sa', password } },
    options: { port, encrypt, serverName: 'localhost', cryptoCredentialsDetails: ca ? { ca } : undefined },
  });
  connection.on('error', () => undefined); // a cut connection fails its request, too
  connections.push(connection);
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  return connection;
}

interface Answer {
  names: string[];
  rows: unknown[][];
  /** What the end of the request says, or its error. */
  end: number | undefined | string;
  line?: number;
}

/** Runs a batch, or with `call` sp_executesql, to its end, whatever it is. */
export function ask(
  connection: Connection,
  sql: string,
  call = false,
  prepare?: (request: Request) => void,
): Promise<Answer> {
  return new Promise((resolve) => {
    const answer: Answer = { names: [], rows: [], end: undefined };
    const request = new Request(sql, (error, count) => {
      const { number, lineNumber, message, code } = (error ?? {}) as Error & {
        number?: number;
        lineNumber?: number;
        code?: string;
      };
      resolve({ ...answer, end: error ? `${number ?? code} ${message}` : count, line: lineNumber });
    });
    request.on(
      'columnMetadata',
      (columns) => (answer.names = (columns as { colName: string }[]).map(({ colName }) => colName)),
    );
    request.on('row', (columns) =>
      answer.rows.push((columns as { value: unknown }[]).map(({ value }) => value)),
    );
    prepare?.(request);
    if (call) connection.execSql(request);
    else connection.execSqlBatch(request);
  });
}
