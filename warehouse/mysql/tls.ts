import { isIP } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import type { Inner } from './library.ts';

/** mysql2's code for every error before TLS has begun. */
export const TLS_FAILED = 'HANDSHAKE_SSL_ERROR';

/**
 * Makes a connection use these TLS options. mysql2's own TLS replaces the code of an error by {@link TLS_FAILED}, so the
 * error is passed on as the cause of another one; and it compares the certificate of a server that is named by its
 * address with `localhost`.
 */
export function useTls(connection: Inner, options: ConnectionOptions, host: string): void {
  connection.startTLS = function (onSecure) {
    this.stream.removeAllListeners('data');
    let isSecure = false;
    const servername = isIP(host) ? '' : host;
    const secure = connect({ ...options, socket: this.stream, host, servername }, () => {
      isSecure = true;
      onSecure();
    });
    secure.on('error', (cause) => {
      if (isSecure) this._handleNetworkError(cause);
      else onSecure(new Error('TLS did not begin.', { cause }));
    });
    secure.on('data', (data) => this.packetParser.execute(data));
    this.stream = secure;
  };
}
