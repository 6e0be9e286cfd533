import type { Socket } from 'node:net';
import pg from 'pg';
import { connectionError, NegotiatedConnection } from './negotiation.ts';
import { tlsOptions } from './tls.ts';
import type { DatabaseTarget } from './url.ts';

/** In milliseconds. Keep-alive finds machines that have vanished; the others find peers that are there and say nothing. */
const CONNECT_TIMEOUT = 30_000;
const KEEP_ALIVE_AFTER = 10_000;
const CLOSING = 3_000;
/** How often it is looked for bytes within the time that a silence may last. */
const LOOKS = 8;
const LONGEST_LOOK = 5_000;

export interface ClientSettings {
  target: DatabaseTarget;
  /** In milliseconds; what the URL says goes first. */
  connectTimeout?: number;
  /** Goes before that of the URL. */
  application_name?: string;
}

/** What node-postgres' client has beyond its types (8.x). */
interface Inner {
  _handleAuthCleartextPassword(message: unknown): void;
  _handleAuthMD5Password(message: unknown): void;
  _handleAuthSASL(message: { mechanisms: string[] }): void;
  _errorAllQueries(error: Error & { code?: string }): void;
}
const Base = pg.Client as unknown as new (config: object) => pg.Client & Inner;

/**
 * A client of PostgreSQL for which no wait is without end: connecting, an answer, and closing are bounded on this side,
 * since a proxy may hold a connection open and forward nothing. Errors have codes: nothing is told by words.
 */
export class PostgresClient extends Base {
  readonly #target: DatabaseTarget;
  readonly #connectTimeout: number;
  #lostBy: Error | undefined;
  #isBound = false;

  /** @throws Failure ConfigurationInvalid when a file that the URL names cannot be used */
  constructor({ target, connectTimeout = CONNECT_TIMEOUT, application_name }: ClientSettings) {
    const ssl = tlsOptions(target);
    const { mode, isDirect } = target.tls;
    const host = target.host ?? process.env.PGHOST ?? 'localhost';
    super({
      host,
      port: target.port,
      user: target.user,
      password: target.password,
      database: target.database,
      options: target.options,
      application_name: application_name ?? target.applicationName ?? 'actito-sync',
      enableChannelBinding: target.mustBindChannel,
      ssl,
      sslnegotiation: isDirect ? 'direct' : 'postgres',
      connection: new NegotiatedConnection({
        mode,
        host,
        ssl,
        sslNegotiation: isDirect ? 'direct' : 'postgres',
        keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER,
      }),
    });
    this.#target = target;
    this.#connectTimeout = target.connectTimeout ?? connectTimeout;
    if (target.mustBindChannel) this.connection.on('authenticationOk', () => this.#requireBinding());
    // What the server says when it ends an idle session is told here only: the next statement fails by an error without it.
    this.on('error', (error) => (this.#lostBy ??= error));
    const query = this.query.bind(this) as (...args: unknown[]) => unknown;
    this.query = ((...args: unknown[]) =>
      this.#lostBy ? this.#refuse(args, this.#lostBy) : query(...args)) as typeof this.query;
  }

  /** Fails a statement by what ended the connection, whichever way its answer is waited for. */
  #refuse(args: unknown[], lostBy: Error): unknown {
    const [query] = args as [{ handleError?: (error: Error, connection: unknown) => void }];
    const callback = args.find((each) => typeof each === 'function') as ((error: Error) => void) | undefined;
    if (typeof query.handleError === 'function') {
      process.nextTick(() => query.handleError?.(lostBy, this.connection));
      return query;
    }
    if (!callback) return Promise.reject(lostBy);
    process.nextTick(callback, lostBy);
  }

  /** `channel_binding=require`: node-postgres itself would only prefer it, and send a password to whoever asks for one. */
  #requireBinding(): boolean {
    if (!this.#target.mustBindChannel || this.#isBound) return true;
    this.#stream.destroy(connectionError('ERR_POSTGRES_NO_BINDING'));
    return false;
  }

  override _handleAuthCleartextPassword(message: unknown): void {
    if (this.#requireBinding()) super._handleAuthCleartextPassword(message);
  }

  override _handleAuthMD5Password(message: unknown): void {
    if (this.#requireBinding()) super._handleAuthMD5Password(message);
  }

  override _handleAuthSASL(message: { mechanisms: string[] }): void {
    this.#isBound = message.mechanisms.includes('SCRAM-SHA-256-PLUS'); // node-postgres prefers it to others
    if (this.#requireBinding()) super._handleAuthSASL(message);
  }

  get target(): DatabaseTarget {
    return this.#target;
  }

  override connect(): Promise<this>;
  override connect(callback: (error: Error | null, client?: this) => void): void;
  override connect(callback?: (error: Error | null, client?: this) => void): Promise<this> | void {
    const connected = this.within(this.#connectTimeout, super.connect()).then(
      () => this,
      (error: Error) => {
        throw 'code' in error ? error : Object.assign(error, { code: 'ERR_POSTGRES_ENDED' });
      },
    );
    if (!callback) return connected;
    connected.then(
      () => callback(null, this),
      (error: Error) => callback(error),
    );
  }

  /**
   * Waits for what the server is to answer. When not a byte arrives for `silence` milliseconds, the connection is cut, and so
   * all that waits for it fails.
   */
  async within<T>(silence: number, answer: Promise<T>): Promise<T> {
    let seen = this.#stream.bytesRead;
    let quietSince = performance.now();
    const timer = setInterval(
      () => {
        const { bytesRead } = this.#stream;
        if (bytesRead !== seen) [seen, quietSince] = [bytesRead, performance.now()];
        else if (performance.now() - quietSince >= silence)
          this.#stream.destroy(connectionError('ERR_POSTGRES_NO_ANSWER'));
      },
      Math.min(silence / LOOKS, LONGEST_LOOK),
    );
    try {
      return await answer;
    } finally {
      clearInterval(timer);
    }
  }

  /** Another one once TLS has begun. */
  get #stream(): Socket {
    return (this.connection as unknown as NegotiatedConnection).stream;
  }

  override end(): Promise<void>;
  override end(callback: (error: Error) => void): void;
  override end(callback?: (error: Error) => void): Promise<void> | void {
    const timer = setTimeout(() => this.#stream.destroy(), CLOSING).unref();
    this.connection.once('end', () => clearTimeout(timer));
    return callback ? super.end(callback) : super.end();
  }

  /** Called when the connection is lost, with an error that may have no code. */
  override _errorAllQueries(error: Error & { code?: string }): void {
    error.code ??= 'ERR_POSTGRES_ENDED';
    super._errorAllQueries(error);
  }
}
