import { connect } from 'node:tls';

/**
 * Whether a server answers a TLS handshake on a new connection, as for implicit FTPS. Sends nothing else, and does not
 * check the certificate, because the result only decides what people are told.
 */
export function speaksTlsAtOnce(host: string, port: number, timeout: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, rejectUnauthorized: false, timeout });
    const end = (does: boolean) => {
      socket.destroy();
      resolve(does);
    };
    socket.once('secureConnect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
    socket.once('close', () => end(false));
  });
}
