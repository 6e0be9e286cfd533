import {
  enterPassiveModeIPv4,
  enterPassiveModeIPv6,
  FTPError,
  type FTPContext,
  type FTPResponse,
} from 'basic-ftp';

/** A data connection could not be made; the control connection goes on. */
export class NoDataConnection extends Error {
  override readonly cause: Error;

  constructor(cause: Error) {
    super(cause.message);
    this.name = 'NoDataConnection';
    this.cause = cause;
  }

  /** The reply's code; undefined: the server named a port, and there is no way to it. */
  get code(): number | undefined {
    return this.cause instanceof FTPError ? this.cause.code : undefined;
  }

  /** The server refuses passive transfers for good. */
  get isPassiveRefused(): boolean {
    return isRefusal(this.cause);
  }
}

/** A reply that is final (5xx). The session goes on after it. */
export function isRefusal(error: unknown): error is FTPError {
  return error instanceof FTPError && error.code >= 500;
}

/** The library reads it for each connection, and declares it as read-only. */
type Timed = Omit<FTPContext, 'timeout'> & { timeout: number } & FTPContext;

/**
 * How data connections are made: by EPSV, or by PASV where EPSV does not work, for example because it names another
 * host. What works is remembered. Active transfers are never tried: the server would connect to the worker, which
 * firewalls forbid.
 */
export function passiveTransfers(): (ftp: FTPContext) => Promise<FTPResponse> {
  let ways = [enterPassiveModeIPv6, enterPassiveModeIPv4];
  return async (context) => {
    const ftp = context as Timed;
    const { timeout } = ftp;
    ftp.timeout = timeout / ways.length; // all ways together may take as long as any other call
    let trouble: Error | undefined;
    try {
      for (const way of ways) {
        try {
          const response = await way(ftp);
          ways = [way];
          return response;
        } catch (error) {
          if (ftp.closed) throw error;
          // What may pass says more than that the other way is not there at all.
          if (!trouble || isRefusal(trouble)) trouble = error as Error;
        }
      }
    } finally {
      ftp.timeout = timeout;
    }
    throw new NoDataConnection(trouble!);
  };
}
