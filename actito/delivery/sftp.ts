import { createHash } from 'node:crypto';
import SftpClient from 'ssh2-sftp-client';
import type { Client, SFTPWrapper } from 'ssh2';
import { Failure } from '../../contract/failure.ts';
import type { DeliveryStep } from '../../contract/messages/delivery.ts';
import { Attempts } from './attempts.ts';
import type { FileServer } from './file-server.ts';
import { uploadPipelined } from './pipelined-upload.ts';
import { deliveryFailure } from './sftp-failures.ts';
import { replaceSteppingAside } from './step-aside.ts';

/** A login, with everything from the environment filled in. */
export interface SftpLogin {
  protocol: 'sftp';
  host: string;
  port: number;
  username: string;
  password?: string;
  privateKey?: string;
  /** Of an encrypted private key. */
  passphrase?: string;
  /** `SHA256:…`, as OpenSSH prints it; several while the server changes its key. */
  hostKeys: readonly string[];
  /** The longest time without progress, in milliseconds. */
  timeout?: number;
  /** Packets of an upload that are under way at one time. */
  concurrentWrites?: number;
}

const CONNECT_TIMEOUT = 20_000;
/** A dead connection is noticed after three missed answers. */
const KEEPALIVE = 10_000;

/** Logs in to an SFTP server whose host key is the pinned one. @throws Failure DeliveryRefused, DeliveryUnavailable */
export async function connectSftp(login: SftpLogin, signal: AbortSignal): Promise<FileServer> {
  const server = `sftp://${login.host}:${login.port}`;
  // Without callbacks of ours the library prints to the console; a broken connection is told by the call it breaks.
  const quiet = () => undefined;
  const client = new SftpClient('actito-sync', { error: quiet, end: quiet, close: quiet });
  const { client: connection } = client as unknown as { client: Client };
  const attempts = new Attempts<DeliveryStep>(signal, {
    destroy: () => connection.destroy(),
    failure: (step, error) => deliveryFailure(step, server, error),
  });
  const close = async () => {
    attempts.stop();
    // Closing is a courtesy (the files are what counts), and a connection that was destroyed has none to offer.
    if (!signal.aborted) await client.end().catch(() => undefined);
  };

  await attempts
    .run('connect', () =>
      client.connect({
        host: login.host,
        port: login.port,
        username: login.username,
        password: login.password,
        privateKey: login.privateKey,
        passphrase: login.passphrase,
        readyTimeout: CONNECT_TIMEOUT,
        keepaliveInterval: KEEPALIVE,
        hostVerifier: (key: Buffer) =>
          login.hostKeys.some((pin) => pin.replace(/=$/, '') === fingerprint(key)),
      }),
    )
    .catch(async (error: unknown) => {
      await close();
      throw error;
    });
  const raw = (client as unknown as { sftp: SFTPWrapper }).sftp;

  return {
    names: (folder) => attempts.run('list', () => names(client, server, folder)),
    upload: (path, content) => attempts.run('upload', () => uploadPipelined(raw, path, content)),
    size: (path) => attempts.run('size', async () => (await client.stat(path)).size),
    replace: (from, to) => attempts.run('rename', () => replace(client, from, to)),
    remove: (path) => attempts.run('remove', async () => void (await client.delete(path, true))),
    close,
  };
}

async function names(client: SftpClient, server: string, folder: string): Promise<string[]> {
  try {
    return (await client.list(folder)).map((file) => file.name);
  } catch (error) {
    const { code } = error as { code?: string | number };
    if (code !== 2 && code !== 'ENOENT') throw error;
    throw new Failure('folderMissing', { server, folder });
  }
}

/** `posix-rename` replaces in one step. A server without it refuses to rename onto a file that exists. */
async function replace(client: SftpClient, from: string, to: string): Promise<void> {
  try {
    await client.posixRename(from, to);
  } catch (error) {
    if (!/not supported|unsupported|does not support/i.test((error as Error).message)) throw error;
    const rename = async (source: string, target: string) => void (await client.rename(source, target));
    const exists = async (path: string) => (await client.exists(path)) !== false;
    const remove = async (path: string) => void (await client.delete(path, true));
    await rename(from, to).catch((refused: unknown) =>
      replaceSteppingAside({ exists, rename, remove }, { from, to, refused }),
    );
  }
}

function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}
