import type { ConnectionOptions } from 'mysql2';
import { tlsOptions } from '../../postgres/tls.ts';
import {
  startConnecting,
  type Field,
  type Inner,
  type Packet,
  type RowsCommand,
  type Step,
} from './library.ts';
import type { RowLines } from './rows.ts';
import { useTls } from './tls.ts';
import type { MysqlTarget } from './url.ts';

/** In milliseconds. Keep-alive detects machines that are gone; the others detect servers that do not answer. */
const CONNECT_TIMEOUT = 30_000;
const KEEP_ALIVE_AFTER = 10_000;
const CLOSING = 3_000;
/** How often within a silence timeout the connection is checked for new bytes. */
const LOOKS = 8;
const LONGEST_LOOK = 5_000;

/** The server has no TLS. */
const NO_TLS = 'HANDSHAKE_NO_SSL_SUPPORT';

/** What the server said at the end of the rows. */
interface RowsEnd {
  /** Up to 65535. */
  warnings: number;
}

/**
 * Connects and logs in.
 * @param name for the server's list of sessions
 * @throws Failure ConfigurationInvalid if a file in the URL cannot be used; errors of the server and of the network
 */
export async function connect(
  target: MysqlTarget,
  name: string,
  connectTimeout = CONNECT_TIMEOUT,
): Promise<MysqlConnection> {
  try {
    return await connectOnce(target, name, connectTimeout);
  } catch (error) {
    if (target.tls.mode !== 'prefer' || (error as { code?: unknown }).code !== NO_TLS) throw error;
    return connectOnce({ ...target, tls: { mode: 'disable', isDirect: false } }, name, connectTimeout);
  }
}

async function connectOnce(target: MysqlTarget, name: string, timeout: number): Promise<MysqlConnection> {
  const { host, port, socket, user, password, database } = target;
  const tls = tlsOptions(target);
  const options: ConnectionOptions = {
    ...(socket === undefined ? { host, port } : { socketPath: socket }),
    user,
    password,
    database,
    charset: 'UTF8MB4_GENERAL_CI',
    ...(tls === false ? {} : { ssl: {} }),
    flags: ['-LOCAL_FILES', '-ODBC', '-IGNORE_SPACE'], // the server must not ask for a file of this machine
    connectTimeout: 0, // ours is a limit of silence
    connectAttributes: { program_name: name },
    enableKeepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_AFTER,
    disableEval: true,
  };
  const inner = await startConnecting(options);
  if (tls !== false) useTls(inner, tls, host);
  const connection = new MysqlConnection(inner);
  await connection.login(target.connectTimeout ?? timeout);
  return connection;
}

/**
 * A connection with a limit for every wait: answers and closing have a timeout on our side, because a proxy may hold a
 * connection open and forward nothing. Everything that waits for an answer fails when the connection is lost.
 */
export class MysqlConnection {
  readonly #inner: Inner;
  #lostBy: Error | undefined;
  /** What waits for an answer; called with the error that ends the connection. */
  readonly #waiting = new Set<(error: Error) => void>();

  constructor(inner: Inner) {
    this.#inner = inner;
    inner.on('error', (error: Error) => this.cut(error)); // also when a command waits for rows
  }

  /** Whether a statement is running. */
  get isBusy(): boolean {
    return this.#waiting.size > 0;
  }

  login(silence: number): Promise<void> {
    return this.#within(silence, (done) => this.#inner.once('connect', () => done()));
  }

  /** Returns the rows of a short answer, as texts. */
  query(sql: string, silence: number): Promise<(string | null)[][]> {
    return this.#within(silence, (done, fail) =>
      this.#inner.query(
        { sql, rowsAsArray: true, typeCast: (field) => field.string() },
        (error: Error | null, rows) =>
          error ? fail(error) : done((Array.isArray(rows) ? rows : []) as (string | null)[][]),
      ),
    );
  }

  /** Describes the columns of a statement, which the server does not execute. */
  describe(sql: string, silence: number): Promise<Field[]> {
    return this.#within(silence, (done, fail) =>
      this.#inner.prepare(sql, (error: Error | null, prepared) => {
        if (error) return fail(error);
        done((prepared as unknown as { columns: Field[] }).columns);
        this.#inner.unprepare(sql);
      }),
    );
  }

  /**
   * Yields the rows as lines, each buffer valid until the next is requested. The socket is paused in the meantime, so the
   * server waits.
   */
  async *lines(sql: string, lines: RowLines, silence: number): AsyncGenerator<Buffer, RowsEnd, undefined> {
    let end: RowsEnd | undefined;
    let failed: Error | undefined;
    let wake = () => {};
    const fail = (error: Error) => {
      failed ??= error;
      wake();
    };
    this.#waiting.add(fail);
    const { stream } = this.#inner;
    const command = this.#inner.query(sql) as unknown as RowsCommand;
    const row = (packet: Packet): Step => {
      if (packet.isEOF()) {
        end = { warnings: packet.eofWarningCount() & 0xffff }; // mysql2 takes it for a signed number
        return command.done();
      }
      lines.add(packet.buffer, packet.offset, packet.end);
      if (lines.isFull) {
        stream.pause();
        wake();
      }
      return row;
    };
    command.row = row;
    command.on('error', fail);
    command.on('end', () => (end ? wake() : fail(new Error('The statement ended without rows.'))));
    try {
      for (;;) {
        await this.#within<void>(silence, (done) => {
          wake = done;
          if (failed || end || lines.isFull) done();
          else stream.resume();
        });
        if (failed) throw failed;
        if (end) {
          stream.resume(); // paused if they came together with the last full buffer
          break;
        }
        yield lines.take();
      }
      const rest = lines.take();
      if (rest.length > 0) yield rest;
      return end;
    } finally {
      if (end || failed) this.#waiting.delete(fail);
    }
  }

  /** Ends the connection, also in the middle of an answer; what waits fails with this error. */
  cut(error: Error): void {
    this.#lostBy ??= error;
    this.#inner.stream.destroy();
    for (const fail of [...this.#waiting]) fail(this.#lostBy);
    this.#waiting.clear();
  }

  /** Ends the session. Never throws. */
  async end(): Promise<void> {
    if (this.#lostBy !== undefined) return;
    const { stream } = this.#inner;
    this.#lostBy = endedError();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => stream.destroy(), CLOSING);
      stream.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      stream.resume();
      this.#inner.end(() => stream.end());
    });
  }

  /** Waits for an answer. If no byte arrives for `silence` milliseconds, the connection is ended. */
  async #within<T>(
    silence: number,
    start: (done: (value: T) => void, fail: (error: Error) => void) => void,
  ): Promise<T> {
    let seen = this.#inner.stream.bytesRead;
    let quietSince = performance.now();
    const timer = setInterval(
      () => {
        const { bytesRead } = this.#inner.stream;
        if (bytesRead !== seen) [seen, quietSince] = [bytesRead, performance.now()];
        else if (performance.now() - quietSince >= silence) this.cut(coded('ERR_MYSQL_NO_ANSWER'));
      },
      Math.min(silence / LOOKS, LONGEST_LOOK),
    );
    let waiting: ((error: Error) => void) | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        waiting = reject;
        if (this.#lostBy !== undefined) return reject(this.#lostBy);
        this.#waiting.add(reject);
        start(resolve, reject);
      });
    } finally {
      clearInterval(timer);
      if (waiting) this.#waiting.delete(waiting);
    }
  }
}

/** The error of everything that waits when we end a connection. */
export function endedError(): Error {
  return coded('ERR_MYSQL_ENDED');
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}
