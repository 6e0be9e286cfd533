import { isIP } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { tlsFaultOf } from '../contract/certificates.ts';
import { Failure } from '../contract/failure.ts';
import { knownCode } from '../contract/foreign.ts';

/** Milliseconds; a running server answers at once. */
const TIMEOUT = 3_000;

/**
 * Whether TLS is why a Temporal server cannot be connected to. Temporal's libraries say no more than that there is no
 * connection, or say it in words. So the handshake is tried once more, with the same certificates, and nothing else is sent.
 * @returns undefined: TLS is not the reason, or nothing answers
 */
export async function temporalTlsFailure(
  { address, tls }: ClientConnectConfig['connectionOptions'],
  timeout = TIMEOUT,
): Promise<Failure | undefined> {
  const parts = partsOf(address ?? 'localhost:7233');
  if (!parts) return undefined;
  const [host, port] = parts;
  const shown = `${host}:${port}`;
  const peer = {
    host,
    port,
    servername: isIP(host) ? undefined : host,
    ALPNProtocols: ['h2'],
    timeout,
  };
  if (!tls) {
    const { isMade, code } = await handshake({ ...peer, rejectUnauthorized: false });
    return isMade || tlsFaultOf(code) === 'client'
      ? new Failure('temporalWantsTls', { address: shown })
      : undefined;
  }
  const { serverNameOverride, serverRootCACertificate, clientCertPair } = tls === true ? {} : tls;
  const { code } = await handshake({
    ...peer,
    servername: serverNameOverride ?? peer.servername,
    ca: pem(serverRootCACertificate),
    cert: pem(clientCertPair?.crt),
    key: pem(clientCertPair?.key),
    rejectUnauthorized: true,
  });
  const fault = tlsFaultOf(code);
  if (!fault || fault === 'binding') return undefined; // only logins to a database are bound to a connection
  return new Failure('temporalTlsRefused', { address: shown, fault, code });
}

/** An address has no user; one that was given all the same may be with a password. Undefined: it is no address. */
function partsOf(address: string): [host: string, port: number] | undefined {
  const url = `tcp://${address}`;
  if (!URL.canParse(url)) return undefined;
  const { hostname, port } = new URL(url);
  return [hostname.replace(/^\[(.*)\]$/, '$1'), Number(port || '7233')];
}

function pem(bytes: Uint8Array | undefined): Buffer | undefined {
  return bytes && Buffer.from(bytes);
}

/**
 * Makes a TLS connection and waits for the server's first byte, which HTTP/2 begins with: with TLS 1.3 a server refuses our
 * certificate only after the handshake.
 * @returns whether the handshake was done, and the error's code if there was one
 */
function handshake(options: ConnectionOptions): Promise<{ isMade: boolean; code: string }> {
  return new Promise((resolve) => {
    const socket = connect(options);
    let isMade = false;
    const end = (code = '') => {
      socket.destroy();
      resolve({ isMade, code });
    };
    socket.once('secureConnect', () => (isMade = true));
    socket.once('data', () => end());
    socket.once('error', (error) => end(knownCode(error)));
    socket.once('timeout', () => end());
    socket.once('close', () => end());
  });
}
