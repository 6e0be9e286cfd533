import type { Socket } from 'node:net';
import pg from 'pg';
import { connectionError, NegotiatedConnection } from './negotiation.ts';
import { tlsOptions } from './tls.ts';
import type { DatabaseTarget } from './url.ts';

/** In milliseconds. Keep-alive detects machines that are gone; the others detect servers that do not answer. */
const CONNECT_TIMEOUT = 30_000;
const KEEP_ALIVE_AFTER = 10_000;
const CLOSING = 3_000;
/** How often within a silence timeout the connection is checked for new bytes. */
const LOOKS = 8;
const LONGEST_LOOK = 5_000;

export interface ClientSettings {
  target: DatabaseTarget;
  /** In milliseconds; the URL takes precedence. */
  connectTimeout?: number;
  /** Takes precedence over the URL. */
  application_name?: string;
}

/** An error that a client marks if the connection was refused, and not a later statement. */
export interface OfLogin {
  isOfLogin?: boolean;
}

/** Properties of node-postgres' client that are missing in its types (8.x). */
interface Inner {
  /** Null once the server has proved in a SASL exchange that it knows the password; undefined before any exchange. */
  saslSession?: object | null;
  _handleAuthCleartextPassword(message: unknown): void;
  _handleAuthMD5Password(message: unknown): void;
  _handleAuthSASL(message: { mechanisms: string[] }): void;
  _handleReadyForQuery(message: unknown): void;
  _errorAllQueries(error: Error & { code?: string }): void;
}
const Base = pg.Client as unknown as new (config: object) => pg.Client & Inner;

/**
 * A PostgreSQL client with a limit for every wait. Connecting, answers and closing have a timeout on our side, because
 * a proxy may hold a connection open and forward nothing. All errors have codes, so no messages are parsed.
 */
export class PostgresClient extends Base {
  readonly #target: DatabaseTarget;
  readonly #connectTimeout: number;
  #lostBy: Error | undefined;
  #isBindingOffered = false;

  /** @throws Failure ConfigurationInvalid if a file in the URL cannot be used */
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
    if (target.mustBindChannel)
      this.connection.on('authenticationOk', () => this.#requireBinding(this.saslSession === null));
    // Only here is the server's message that it ended an idle session: the next statement fails with an error that
    // lacks it.
    this.on('error', (error) => (this.#lostBy ??= error));
    const query = this.query.bind(this) as (...args: unknown[]) => unknown;
    this.query = ((...args: unknown[]) =>
      this.#lostBy ? this.#refuse(args, this.#lostBy) : query(...args)) as typeof this.query;
  }

  /** Fails a statement with the error that ended the connection, in each way that its result can be awaited. */
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

  /**
   * `channel_binding=require`: node-postgres would only prefer it. It would send a password to any server that requests
   * one, and would accept a login without a password.
   */
  #requireBinding(isDone: boolean): boolean {
    if (!this.#target.mustBindChannel || (this.#isBindingOffered && isDone)) return true;
    this.#stream.destroy(connectionError('ERR_POSTGRES_NO_BINDING'));
    return false;
  }

  override _handleAuthCleartextPassword(message: unknown): void {
    if (this.#requireBinding(false)) super._handleAuthCleartextPassword(message);
  }

  override _handleAuthMD5Password(message: unknown): void {
    if (this.#requireBinding(false)) super._handleAuthMD5Password(message);
  }

  override _handleAuthSASL(message: { mechanisms: string[] }): void {
    this.#isBindingOffered = message.mechanisms.includes('SCRAM-SHA-256-PLUS'); // node-postgres prefers it to others
    if (this.#requireBinding(true)) super._handleAuthSASL(message);
  }

  /** This message may arrive together with the one because of which the connection was ended. */
  override _handleReadyForQuery(message: unknown): void {
    if (!this.#stream.destroyed) super._handleReadyForQuery(message);
  }

  get target(): DatabaseTarget {
    return this.#target;
  }

  override connect(): Promise<this>;
  override connect(callback: (error: Error | null, client?: this) => void): void;
  override connect(callback?: (error: Error | null, client?: this) => void): Promise<this> | void {
    const connected = this.within(this.#connectTimeout, super.connect()).then(
      () => this,
      (error: Error & OfLogin) => {
        error.isOfLogin = true;
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
   * Waits for an answer of the server. If no byte arrives for `silence` milliseconds, the connection is ended, and
   * everything that waits for it fails.
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

  /** A different stream once TLS has begun. */
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

  /** Called if the connection is lost, with an error that may have no code. */
  override _errorAllQueries(error: Error & { code?: string }): void {
    error.code ??= 'ERR_POSTGRES_ENDED';
    super._errorAllQueries(error);
  }
}
