import {
  enterPassiveModeIPv4,
  enterPassiveModeIPv6,
  FTPError,
  type FTPContext,
  type FTPResponse,
} from 'basic-ftp';

/** A data connection could not be made; the control connection continues. */
export class NoDataConnection extends Error {
  override readonly cause: Error;

  constructor(cause: Error) {
    super(cause.message);
    this.name = 'NoDataConnection';
    this.cause = cause;
  }

  /** The reply's code; undefined if the server named a port that cannot be reached. */
  get code(): number | undefined {
    return this.cause instanceof FTPError ? this.cause.code : undefined;
  }

  /** The server refuses passive transfers permanently. */
  get isPassiveRefused(): boolean {
    return isRefusal(this.cause);
  }
}

/** A final reply (5xx). The session continues after it. */
export function isRefusal(error: unknown): error is FTPError {
  return error instanceof FTPError && error.code >= 500;
}

/** The library reads it for each connection, and declares it as read-only. */
type Timed = Omit<FTPContext, 'timeout'> & { timeout: number } & FTPContext;

/**
 * Makes data connections with EPSV, or with PASV if EPSV does not work, for example because it names another host. What
 * works is remembered. Active transfers are never tried, because the server would connect to the worker, which
 * firewalls forbid.
 */
export function passiveTransfers(): (ftp: FTPContext) => Promise<FTPResponse> {
  let ways = [enterPassiveModeIPv6, enterPassiveModeIPv4];
  return async (context) => {
    const ftp = context as Timed;
    const { timeout } = ftp;
    ftp.timeout = timeout / ways.length; // all attempts together may take as long as any other call
    let trouble: Error | undefined;
    try {
      for (const way of ways) {
        try {
          const response = await way(ftp);
          ways = [way];
          return response;
        } catch (error) {
          if (ftp.closed) throw error;
          // A temporary failure is more informative than the missing support of the other command.
          if (!trouble || isRefusal(trouble)) trouble = error as Error;
        }
      }
    } finally {
      ftp.timeout = timeout;
    }
    throw new NoDataConnection(trouble!);
  };
}
