import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import pg from 'pg';
import type { ConnectionCode } from '../contract/messages/connections.ts';
import type { SslMode } from './url.ts';

/** Our own error about a connection. */
export function connectionError(code: ConnectionCode): Error & { code: ConnectionCode } {
  return Object.assign(new Error(code), { code });
}

/** Properties of node-postgres' connection that are missing in its types (8.x). */
interface Inner {
  stream: Socket;
  attachListeners(stream: Socket): void;
  upgradeToSSL(host: string, report: (error: Error) => void): void;
  requestSsl(): void;
  emit(event: string, ...args: unknown[]): boolean;
}
const Base = pg.Connection as unknown as new (config: object) => pg.Connection & Inner;

/**
 * The server's answers to a request for TLS. An error comes from a server, or a pooler, that takes no connection now. Its
 * text is not read, because it could be anyone's (CVE-2024-10977).
 */
const [YES, NO, ERROR] = [0x53, 0x4e, 0x45];
const REFUSALS: Record<number, ConnectionCode> = {
  [NO]: 'ERR_POSTGRES_NO_TLS',
  [ERROR]: 'ERR_POSTGRES_NOT_NOW',
};

/**
 * The connection of a client, with libpq's meaning of `sslmode`: with `prefer` it continues without TLS if the server
 * has none. Errors without a code in node-postgres get one.
 */
export class NegotiatedConnection extends Base {
  readonly #mode: SslMode;
  readonly #host: string;
  #isLoggingIn = false;

  constructor(config: {
    mode: SslMode;
    host: string;
    ssl: ConnectionOptions | false;
    sslNegotiation?: 'postgres' | 'direct';
    keepAliveInitialDelayMillis: number;
  }) {
    super({ ...config, keepAlive: true });
    this.#mode = config.mode;
    this.#host = config.host;
    for (const asked of [
      'authenticationCleartextPassword',
      'authenticationMD5Password',
      'authenticationSASL',
    ])
      this.once(asked, () => (this.#isLoggingIn = true));
    this.once('readyForQuery', () => (this.#isLoggingIn = false));
  }

  /** Requests TLS, and handles the answer instead of node-postgres' own listener. */
  override requestSsl(): void {
    const { stream } = this;
    stream.removeAllListeners('data');
    stream.once('data', (answer: Buffer) => {
      if (answer.length === 1 && answer[0] === YES) {
        this.upgradeToSSL(this.#host, (error) => void this.emit('error', error));
      } else if (answer.length === 1 && answer[0] === NO && this.#mode === 'prefer') {
        this.attachListeners(stream);
        this.emit('sslconnect'); // the client sends its first message
      } else {
        // Further bytes would have been injected by someone in between before the encryption (CVE-2021-23222).
        stream.destroy(connectionError(REFUSALS[answer[0]!] ?? 'ERR_POSTGRES_ODD_ANSWER'));
      }
    });
    super.requestSsl();
  }

  override emit(event: string, ...args: unknown[]): boolean {
    const [error] = args;
    if (event === 'error' && error instanceof Error && !('code' in error)) {
      const code: ConnectionCode = this.#isLoggingIn ? 'ERR_POSTGRES_LOGIN' : 'ERR_POSTGRES_ENDED';
      Object.assign(error, { code });
    }
    return super.emit(event, ...args);
  }
}
