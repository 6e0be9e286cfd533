import { isUnaccepted, OF_OTHER } from '../../contract/certificates.ts';
import { FTPError } from 'basic-ftp';
import { Failure, isFailure } from '../../contract/failure.ts';
import { codeOf, knownCode } from '../../contract/foreign.ts';
import type { DeliveryStep } from '../../contract/messages/delivery.ts';
import { NoDataConnection } from './ftps-passive.ts';
import { NO_PROGRESS, NoProgress } from './progress.ts';

interface Peer {
  host: string;
  port: number;
  ca?: string;
  tls?: 'explicit' | 'implicit';
  /** The maximum time without progress, in milliseconds. */
  timeout?: number;
}

/**
 * The meaning of a reply: `passes` is temporary, so the delivery is retried; `person` needs someone to act; `space`
 * means that the server is full, which is temporary as well. The second part is our own text, because the server's may
 * quote anything.
 */
type Meaning = readonly ['passes' | 'person' | 'space', string];

/** Replies of RFC 959, 2228, 2428 and 4217, and their meaning in any step. */
const REPLIES: Readonly<Record<number, Meaning>> = {
  120: ['passes', 'it will be ready later'],
  332: ['person', 'an account is needed'],
  421: ['passes', 'it takes no connections now'],
  425: ['passes', 'no data connection'],
  426: ['passes', 'the transfer was broken off'],
  430: ['person', 'the login is refused'],
  431: ['passes', 'it has no TLS now'],
  434: ['passes', 'the host is not available'],
  450: ['passes', 'the file is not available now'],
  451: ['passes', 'an error of its own, such as a full disk'],
  452: ['space', 'no space'],
  500: ['person', 'a command that it does not understand'],
  501: ['person', 'an argument that it does not take'],
  502: ['person', 'it does not support this'],
  503: ['person', 'a wrong order of commands'],
  504: ['person', 'an argument that it does not support'],
  521: ['person', 'the data connection cannot be used so'],
  522: ['person', 'TLS is needed for the data connection'],
  530: ['person', 'the login is refused'],
  532: ['person', 'an account is needed'],
  533: ['person', 'it does not allow this protection'],
  534: ['person', 'it does not allow this protection'],
  535: ['person', 'its security check failed'],
  536: ['person', 'it does not support this protection'],
  537: ['person', 'it does not support this protection'],
  550: ['person', 'no such file, or no right'],
  551: ['person', 'an unknown kind of page'],
  552: ['space', 'no space'],
  553: ['person', 'a file name that it does not allow'],
};

/** Replies about the protection of data connections, in any step. */
const PROTECTION = new Set([521, 522, 533, 534, 535, 536, 537]);

/** Steps that begin with TLS: there, an error of TLS is final. */
const BEGINS_TLS: readonly DeliveryStep[] = ['secure', 'connect'];

/**
 * Converts errors of basic-ftp, Node's TLS and the server into failures; no other function does. It uses only codes,
 * because the words of a reply contain paths and names, in any language.
 */
export function ftpsFailure(step: DeliveryStep, peer: Peer, error: unknown): unknown {
  if (isFailure(error) || !(error instanceof Error) || error.name === 'AbortError') return error;
  const server = `ftps://${peer.host}:${peer.port}`;
  const words = step === 'login' ? undefined : error.message; // in that step it may quote what it was given
  const code = codeOfTls(error);
  const distrust = distrustOf(server, code, error, peer);
  if (distrust) return distrust;
  if (error instanceof NoDataConnection) return ofDataConnection(step, server, error);
  if (TOO_LONG.test(error.message)) return new Failure('fileListTooLong', { server }, { words });
  if (error instanceof FTPError) return ofReply(step, server, error.code, words);
  const isOfTls = BEGINS_TLS.includes(step) && /^(ERR_SSL_|EPROTO$)/.test(code);
  if (isOfTls && peer.tls === 'implicit') return new Failure('ftpsNotImplicit', { server, code }, { words });
  if (isOfTls) return new Failure('ftpsRefused', { server, step, answer: code }, { words });
  if (isSilence(error)) {
    const seconds = (peer.timeout ?? NO_PROGRESS) / 1000;
    return new Failure('fileServerSilent', { server, step, seconds }, { words });
  }
  return new Failure('fileServerBrokeOff', { server, step, answer: troubleOf(error) }, { words });
}

/** The meaning of a reply in its step. */
function ofReply(step: DeliveryStep, server: string, code: number, words?: string): Failure {
  const [meaning, says] = meaningOf(step, code);
  const answer = `${code}: ${says}`;
  if (meaning === 'space') {
    // 552 is about the account's quota, 452 about the disk (RFC 959).
    return new Failure('fileServerFull', { server, step, quota: code === 552 }, { words });
  }
  if (meaning === 'person') {
    const about = PROTECTION.has(code) && step !== 'secure' ? 'protect' : step;
    return new Failure('ftpsRefused', { server, step: about, answer }, { words });
  }
  return new Failure('fileServerBrokeOff', { server, step, answer, passive: code === 425 }, { words });
}

/** Other replies are read by their first digit (RFC 959): 4xx is temporary, 5xx is not. */
function meaningOf(step: DeliveryStep, code: number): Meaning {
  // After the login, this means that the server forgot it: a new connection logs in again.
  if (code === 530 && !isBeforeLogin(step)) return ['passes', 'not logged in any more'];
  return REPLIES[code] ?? (code >= 500 ? ['person', 'refused'] : ['passes', 'not now']);
}

function isBeforeLogin(step: DeliveryStep): boolean {
  return step === 'connect' || step === 'secure' || step === 'login' || step === 'protect';
}

function ofDataConnection(step: DeliveryStep, server: string, error: NoDataConnection): Failure {
  const words = error.message;
  const { cause } = error;
  if (error.isPassiveRefused) {
    return new Failure('ftpsPassiveRefused', { server, step, answer: `${error.code}` }, { words });
  }
  const code = cause instanceof FTPError ? cause.code : undefined;
  const answer = code === undefined ? troubleOf(cause) : `${code}: ${(REPLIES[code] ?? ['', 'not now'])[1]}`;
  return new Failure('fileServerBrokeOff', { server, step, answer, passive: true }, { words });
}

/** Returns why the certificate is not accepted; undefined if that is not the cause. Codes: Node's `tls`. */
function distrustOf(
  server: string,
  code: string,
  error: Error,
  { host, port, ca }: Peer,
): Failure | undefined {
  if (OF_OTHER.includes(code)) return new Failure('certificateOfOther', { server, host, port });
  if (code === 'CERT_HAS_EXPIRED') return new Failure('certificateExpired', { server });
  if (code === 'CERT_NOT_YET_VALID') return new Failure('certificateNotYetValid', { server });
  if (!isUnaccepted(code)) return undefined;
  return new Failure(ca ? 'certificateNotOfCa' : 'certificateOfUnknown', { server, code });
}

function codeOfTls(error: Error): string {
  const inner = error instanceof NoDataConnection ? error.cause : error;
  return `${(inner as { code?: string | number }).code ?? ''}`;
}

/** The message of basic-ftp if a list is larger than `maxListingBytes`. */
const TOO_LONG = /^StringWriter: Maximum bytes exceeded/;

const SILENCE = /^Timeout /;

/** The server did nothing although we waited for it. */
function isSilence(error: Error): boolean {
  return error instanceof NoProgress || SILENCE.test(error.message);
}

/**
 * The beginnings of basic-ftp's own errors. They have no code, and the rest may quote the server, so only their
 * beginning is used, which is the library's.
 */
const OF_LIBRARY = [
  [SILENCE, 'no answer in time'],
  [/^(Server (closed|sent FIN)|Socket closed|User closed|Client is closed)/, 'the connection ended'],
  [
    /^(Can't parse|Unexpected FTP response|FTP control response|This library)/,
    'an answer that cannot be read',
  ],
] as const satisfies [RegExp, string][];

/** Returns the code, or the name of the library's error. */
function troubleOf(error: unknown): string {
  const { message } = error as Error;
  return knownCode(error) ?? OF_LIBRARY.find(([begin]) => begin.test(message))?.[1] ?? codeOf(error);
}
