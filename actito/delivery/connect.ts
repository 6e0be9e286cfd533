import type { FileServer } from './file-server.ts';
import { connectFtps, type FtpsLogin } from './ftps.ts';
import { connectSftp, type SftpLogin } from './sftp.ts';

/** A login to a file server, with all values from the environment. `protocol` defines the type. */
export type Login = SftpLogin | FtpsLogin;

/**
 * Logs in to the file server from which Actito reads lists.
 * @throws Failure DeliveryRefused, DeliveryUnavailable; the signal's reason
 */
export function connectFileServer(login: Login, signal: AbortSignal): Promise<FileServer> {
  return login.protocol === 'sftp' ? connectSftp(login, signal) : connectFtps(login, signal, login.timeout);
}
