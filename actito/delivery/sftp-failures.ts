import { Failure, isFailure } from '../../contract/failure.ts';
import { knownCode, Sealed } from '../../contract/foreign.ts';
import type { DeliveryStep } from '../../contract/messages/delivery.ts';
import { NoProgress } from './progress.ts';

/** The server's answer to a request. Its text may quote anything, so the message is only its code. */
export class StatusError extends Error {
  readonly code: number;
  readonly words: Sealed;

  constructor(code: number, words: string) {
    super(`status ${code}`);
    this.name = 'StatusError';
    this.code = code;
    this.words = new Sealed(words);
  }
}

/** A folder's list is endless or too large for memory. */
export class ListTooLong extends Error {}

/** The connection has ended, with or without a reason from ssh2 or the server. */
export class ConnectionEnded extends Error {
  /** Where the error occurred in ssh2: `client-socket`, `client-timeout`, `handshake` and others. */
  readonly level: string | undefined;
  /** Why the server disconnected, https://datatracker.ietf.org/doc/html/rfc4253#section-11.1 */
  readonly reason: number | undefined;

  constructor(cause?: Error & { level?: string; code?: unknown }) {
    super('the connection ended', { cause });
    this.name = 'ConnectionEnded';
    this.level = cause?.level;
    this.reason = typeof cause?.code === 'number' ? cause.code : undefined;
  }
}

/**
 * The meaning of a failure: it is temporary and retried, a person must act, a folder is missing, or the server is full,
 * which is temporary as well but comes with advice.
 */
type Fate = 'passes' | 'person' | 'folder' | 'full' | 'quota';

/**
 * Status codes: up to 8 of version 3, https://datatracker.ietf.org/doc/html/draft-ietf-secsh-filexfer-02#section-7; the
 * others of version 6, which some servers send anyway, draft-ietf-secsh-filexfer-13#section-9.1
 */
const STATUS: Record<number, readonly [Fate, string]> = {
  1: ['passes', 'end of the file'],
  2: ['folder', 'no such file'],
  3: ['person', 'permission denied'],
  4: ['passes', 'failure, without a reason'],
  5: ['person', 'a request or a file name that it does not take'],
  6: ['passes', 'no connection'],
  7: ['passes', 'the connection was lost'],
  8: ['person', 'it does not support this'],
  9: ['passes', 'it does not know the open file any more'],
  10: ['folder', 'no such path'],
  11: ['person', 'the file exists already'],
  12: ['person', 'the file system is read-only'],
  13: ['passes', 'no medium in the drive'],
  14: ['full', 'no space'],
  15: ['quota', 'the quota is used up'],
  16: ['person', 'an unknown owner'],
  17: ['passes', 'someone else has locked the file'],
  19: ['folder', 'not a folder'],
  20: ['person', 'a file name that it does not allow'],
  21: ['person', 'too many symbolic links'],
  22: ['person', 'the file cannot be deleted'],
  24: ['person', 'it is a folder'],
  25: ['passes', 'someone else has locked the file'],
  29: ['passes', 'its owner has it open'],
  30: ['person', 'an unknown owner'],
};

/** Permanent reasons for a disconnect; all others are temporary. */
const DISCONNECTS: Record<number, string> = {
  1: 'it does not admit this machine',
  8: 'it does not speak this version of SSH',
  9: 'its host key cannot be verified',
  13: 'the login is refused',
  14: 'the login is refused',
  15: 'the login is refused',
};

/** Steps in which only the folder can be missing. In later steps the file itself may be missing, which is temporary. */
const NEEDS_FOLDER: readonly DeliveryStep[] = ['list', 'upload', 'entries'];

/**
 * Converts a status, a lost connection and a timeout into failures, by their codes. Any other error is a bug of ours.
 */
export function sftpFailure(step: DeliveryStep, server: string, error: unknown): unknown {
  if (isFailure(error) || !(error instanceof Error) || error.name === 'AbortError') return error;
  if (error instanceof NoProgress) {
    return new Failure('fileServerSilent', { server, step, seconds: error.seconds });
  }
  if (error instanceof ListTooLong) return new Failure('fileListTooLong', { server });
  if (error instanceof StatusError) return ofStatus(step, server, error);
  if (error instanceof ConnectionEnded) return ofConnection(step, server, error);
  return error;
}

function ofStatus(step: DeliveryStep, server: string, { code, words: sealed }: StatusError): Failure {
  const [fate, meaning] = STATUS[code] ?? ['passes', 'an answer that the protocol does not know'];
  const answer = `status ${code}: ${meaning}`;
  const words = sealed.open();
  switch (fate) {
    case 'full':
    case 'quota':
      return new Failure('fileServerFull', { server, step, quota: fate === 'quota' }, { words });
    case 'person':
      return new Failure('sftpRefused', { server, step, answer }, { words });
    case 'folder':
      if (NEEDS_FOLDER.includes(step)) return new Failure('sftpRefused', { server, step, answer }, { words });
      return new Failure('fileServerBrokeOff', { server, step, answer }, { words });
    case 'passes':
      return new Failure('fileServerBrokeOff', { server, step, answer }, { words });
  }
}

function ofConnection(step: DeliveryStep, server: string, error: ConnectionEnded): Failure {
  const { level, reason } = error;
  const cause = error.cause as Error | undefined;
  const words = step === 'connect' ? undefined : cause?.message;
  if (reason !== undefined) {
    const final = DISCONNECTS[reason];
    const answer = `disconnect ${reason}: ${final ?? 'it ended the connection'}`;
    return final === undefined
      ? new Failure('fileServerBrokeOff', { server, step, answer }, { words })
      : new Failure('sftpRefused', { server, step, answer }, { words });
  }
  // ssh2 gives no code for it. The text is its own, and no foreign text precedes it.
  if (level === 'handshake' && cause?.message.startsWith('Handshake failed: no matching ')) {
    return new Failure('sftpRefused', { server, step, answer: 'no algorithm in common' });
  }
  const answer = LEVELS[level ?? ''] ?? knownCode(cause) ?? 'the connection ended';
  return new Failure('fileServerBrokeOff', { server, step, answer }, { words });
}

const LEVELS: Record<string, string> = {
  'client-timeout': 'no answer in time',
  handshake: 'an answer that cannot be read',
  protocol: 'an answer that cannot be read',
  'sftp-protocol': 'an answer that cannot be read',
};

/** Whether the server has answered a request with one of these codes. */
export function isStatus(error: unknown, ...codes: number[]): error is StatusError {
  return error instanceof StatusError && codes.includes(error.code);
}
