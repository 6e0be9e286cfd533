import { isIP } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { tlsFaultOf } from '../contract/certificates.ts';
import { Failure } from '../contract/failure.ts';
import { knownCode } from '../contract/foreign.ts';

/** Milliseconds; a running server answers at once. */
const TIMEOUT = 3_000;

/**
 * Finds out whether TLS is the reason why a Temporal server cannot be connected to. Temporal's libraries only report
 * that there is no connection, or say more only in words. So the handshake is tried again with the same certificates,
 * and nothing else is sent.
 * @returns undefined if TLS is not the reason, or if no server answers
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
  if (!fault || fault === 'binding') return undefined; // only database logins use channel binding
  return new Failure('temporalTlsRefused', { address: shown, fault, code });
}

/**
 * Splits an address into host and port; undefined if it is invalid. An address has no user, but may have been given one
 * with a password.
 */
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
 * Makes a TLS connection and waits for the server's first byte, with which HTTP/2 begins: with TLS 1.3, a server
 * rejects our certificate only after the handshake.
 * @returns whether the handshake succeeded, and the error's code if there was one
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
